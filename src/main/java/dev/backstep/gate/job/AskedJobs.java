package dev.backstep.gate.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.Refusal;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.job.DescribedJobs;
import dev.backstep.job.JobState;
import dev.backstep.job.WantedJob;
import dev.backstep.job.WorkloadImages;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.text.Sentences;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The Jobs of gates. Each is created suspended under a name that follows from the asking, and then
 * woken: a request that comes late creates nothing that runs, and wakes nothing else.
 */
@ApplicationScoped
public class AskedJobs {
  /** It waits for something that does not come by itself. */
  private static final Set<String> CANNOT_START =
      Set.of(
          "ImagePullBackOff",
          "ErrImageNeverPull",
          "InvalidImageName",
          "CreateContainerConfigError");

  private static final String WAKE =
      """
      [{"op":"test","path":"/metadata/uid","value":"%s"},
       {"op":"test","path":"/spec/suspend","value":true},
       {"op":"replace","path":"/spec/suspend","value":false}]
      """;

  private final KubernetesClient client;
  private final Impersonation impersonation;
  private final DescribedJobs described;
  private final WorkloadImages images;

  public AskedJobs(
      KubernetesClient client,
      Impersonation impersonation,
      DescribedJobs described,
      WorkloadImages images) {
    this.client = client;
    this.impersonation = impersonation;
    this.described = described;
    this.images = images;
  }

  private static WantedJob wanted(JobRun run, GateScope scope) {
    return new WantedJob(
        run,
        "gate %s".formatted(scope.gate()),
        scope.author(),
        !scope.claim().isEmpty(),
        scope.known());
  }

  /** What would keep the Job from being run, as far as the API server can tell. */
  List<Problem> problems(JobRun run, GateScope scope) {
    return described.problems(wanted(run, scope));
  }

  /** What has to be known later of the images as they are now; empty: nothing. */
  Optional<JsonNode> atStart(JobRun run, GateScope scope) {
    return images.atStart(Stream.of(run), scope.namespace());
  }

  /** Takes the Job that the asking names one step on, and says what it says. */
  Reading reading(JobRun run, GateScope scope) {
    var author = scope.author();
    var name = "bs-gate-" + Hashes.of(scope.asking());
    try {
      var live = client.batch().v1().jobs().inNamespace(author.namespace()).withName(name).get();
      return live == null ? created(run, name, scope) : reading(live, author);
    } catch (KubernetesClientException e) {
      return e.getCode() == HttpURLConnection.HTTP_CONFLICT
          ? Reading.none()
          : Reading.error(
              "Job %s: the API server said no: %s"
                  .formatted(name, Sentences.clause(Refusal.said(e))));
    }
  }

  private Reading created(JobRun run, String name, GateScope scope) {
    var author = scope.author();
    try {
      var job = described.suspended(wanted(run, scope), name, scope.claim());
      return woken(impersonation.as(author).resource(job).create(), author);
    } catch (ProblemException e) {
      return Reading.error(Sentences.clause(e.problem().message()));
    }
  }

  private Reading reading(Job live, Author author) {
    var state = new JobState(live);
    if (state.complete()) {
      return Reading.green("Job %s ended well".formatted(live.getMetadata().getName()));
    }
    if (state.cutOff().isPresent()) {
      // That says nothing of what it was to find out.
      return Reading.error(state.cutOff().get());
    }
    return state
        .failure()
        .map(Sentences::clause)
        .map(Reading::red)
        .orElseGet(() -> state.suspended() ? woken(live, author) : running(live, author));
  }

  private Reading woken(Job job, Author author) {
    impersonation
        .as(author)
        .resource(job)
        .patch(PatchContext.of(PatchType.JSON), WAKE.formatted(job.getMetadata().getUid()));
    return Reading.none();
  }

  private Reading running(Job live, Author author) {
    var name = live.getMetadata().getName();
    return impersonation
        .as(author)
        .pods()
        .inNamespace(author.namespace())
        .withLabel("batch.kubernetes.io/job-name", name)
        .list()
        .getItems()
        .stream()
        .flatMap(AskedJobs::waiting)
        .filter(waiting -> CANNOT_START.contains(waiting.getReason()))
        .findFirst()
        .map(waiting -> cannotStart(name, waiting))
        .orElseGet(Reading::none);
  }

  private static Reading cannotStart(String job, ContainerStateWaiting waiting) {
    return Reading.error(
        "Job %s cannot start: %s: %s"
            .formatted(
                job, waiting.getReason(), Sentences.clause(String.valueOf(waiting.getMessage()))));
  }

  private static Stream<ContainerStateWaiting> waiting(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .filter(status -> status.getState() != null && status.getState().getWaiting() != null)
        .map(status -> status.getState().getWaiting());
  }
}
