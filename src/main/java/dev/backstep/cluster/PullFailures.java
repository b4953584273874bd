package dev.backstep.cluster;

import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Container images that nodes cannot get, as the pods of a namespace say that wait for them. */
@ApplicationScoped
public class PullFailures {
  private static final Set<String> REASONS =
      Set.of("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName");

  private final KubernetesClient client;

  public PullFailures(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Those of the images that could not be pulled just now, each with its remedy.
   *
   * @param images asked for only when there are pods that wait in vain
   * @param use what they are for, as a clause: which action back would roll back to
   */
  public List<Problem> problems(String namespace, Supplier<Stream<String>> images, String use) {
    var failed = in(namespace);
    return failed.isEmpty()
        ? List.of()
        : images
            .get()
            .distinct()
            .filter(failed::containsKey)
            .map(image -> problem(image, use, failed.get(image)))
            .toList();
  }

  private static Problem problem(String image, String use, String said) {
    return new Problem(
        "ImageNotPulled",
        "Image %s, %s, cannot be pulled: %s. Push it, give the pods a pull secret that may read it, or correct the plan."
            .formatted(image, use, said));
  }

  /** Who says so, and in which word, by the name of the image. */
  private Map<String, String> in(String namespace) {
    var failures = new TreeMap<String, String>();
    client
        .pods()
        .inNamespace(namespace)
        .withField("status.phase", "Pending")
        .list()
        .getItems()
        .forEach(pod -> failures.putAll(of(pod)));
    return failures;
  }

  private static Map<String, String> of(Pod pod) {
    var failures = new TreeMap<String, String>();
    statuses(pod)
        .filter(status -> status.getState() != null && status.getState().getWaiting() != null)
        .filter(status -> REASONS.contains(status.getState().getWaiting().getReason()))
        .forEach(
            status ->
                containers(pod)
                    .filter(container -> container.getName().equals(status.getName()))
                    .forEach(
                        container ->
                            failures.put(
                                container.getImage(),
                                "pod %s says %s"
                                    .formatted(
                                        pod.getMetadata().getName(),
                                        status.getState().getWaiting().getReason()))));
    return failures;
  }

  private static Stream<Container> containers(Pod pod) {
    return Stream.concat(
        pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream());
  }

  private static Stream<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null
        ? Stream.of()
        : Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream());
  }
}
