package dev.backstep.job;

import dev.backstep.problem.Problem;
import dev.backstep.program.Ending;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What the newest pod of a Job says, as scheduler and kubelet keep it. */
@ApplicationScoped
public class JobPods {
  private static final String OF_JOB = "batch.kubernetes.io/job-name";

  private final KubernetesClient client;

  public JobPods(KubernetesClient client) {
    this.client = client;
  }

  /** What the program said last before it ended; empty: nothing, or there is no such pod. */
  public Optional<String> lastWords(String namespace, String job) {
    return states(newest(namespace, job))
        .filter(state -> state.getTerminated() != null)
        .map(state -> state.getTerminated().getMessage())
        .filter(Objects::nonNull)
        .map(String::strip)
        .filter(said -> !said.isEmpty())
        .findFirst();
  }

  /**
   * What a program of ours said was wrong before it ended; empty: as above.
   *
   * @param otherwise the reason where it named none
   */
  public Optional<Problem> problem(String namespace, String job, String otherwise) {
    return lastWords(namespace, job).map(said -> Ending.problem(said, otherwise));
  }

  /** The name of the pod in which the program runs just now; empty: it does not. */
  public Optional<String> running(String namespace, String job) {
    return newest(namespace, job)
        .filter(pod -> states(Optional.of(pod)).anyMatch(state -> state.getRunning() != null))
        .map(pod -> pod.getMetadata().getName());
  }

  /** What keeps the program from beginning; empty: nothing that is known. */
  public Optional<String> waitsFor(String namespace, String job) {
    var pod = newest(namespace, job);
    var node =
        pod.stream()
            .flatMap(it -> it.getStatus().getConditions().stream())
            .filter(it -> it.getType().equals("PodScheduled") && it.getStatus().equals("False"))
            .map(PodCondition::getMessage);
    var container =
        states(pod)
            .filter(state -> state.getWaiting() != null)
            .filter(state -> state.getWaiting().getMessage() != null)
            .map(state -> state.getWaiting().getMessage());
    return Stream.concat(node, container).filter(Objects::nonNull).findFirst();
  }

  private static Stream<ContainerState> states(Optional<Pod> pod) {
    return pod.stream()
        .flatMap(it -> it.getStatus().getContainerStatuses().stream())
        .map(ContainerStatus::getState)
        .filter(Objects::nonNull);
  }

  private Optional<Pod> newest(String namespace, String job) {
    return client.pods().inNamespace(namespace).withLabel(OF_JOB, job).list().getItems().stream()
        .filter(pod -> pod.getStatus() != null)
        .max(Comparator.comparing(JobPods::made));
  }

  private static String made(Pod pod) {
    return Objects.requireNonNullElse(pod.getMetadata().getCreationTimestamp(), "");
  }
}
