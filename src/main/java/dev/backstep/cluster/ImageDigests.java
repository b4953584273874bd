package dev.backstep.cluster;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which content the names of container images stand for, as the pods say that run it: a tag may
 * mean something else tomorrow. No registry is asked.
 */
@ApplicationScoped
public class ImageDigests {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  /** All pods of a workload that is rolled out are alike. */
  private static final long ENOUGH = 1;

  private final KubernetesClient client;

  public ImageDigests(KubernetesClient client) {
    this.client = client;
  }

  /** The digests of the images of a workload that is rolled out, by their names. */
  public Map<String, String> of(Workload workload) {
    var digests = new TreeMap<String, String>();
    client
        .pods()
        .inNamespace(workload.object().getMetadata().getNamespace())
        .withLabelSelector(workload.selector())
        .list(new ListOptionsBuilder().withLimit(ENOUGH).build())
        .getItems()
        .forEach(pod -> digests.putAll(of(pod)));
    return digests;
  }

  private static Map<String, String> of(Pod pod) {
    var digests = new TreeMap<String, String>();
    var wanted =
        Stream.concat(
            pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream());
    wanted.forEach(
        container ->
            statuses(pod)
                .filter(status -> status.getName().equals(container.getName()))
                .flatMap(status -> digest(status).stream())
                .forEach(digest -> digests.put(container.getImage(), digest)));
    return digests;
  }

  private static Stream<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null
        ? Stream.of()
        : Stream.concat(
            pod.getStatus().getContainerStatuses().stream(),
            pod.getStatus().getInitContainerStatuses().stream());
  }

  /** Runtimes write it after the repository, or alone. */
  private static Optional<String> digest(ContainerStatus status) {
    var found = DIGEST.matcher(String.valueOf(status.getImageID()));
    return found.find() ? Optional.of(found.group()) : Optional.empty();
  }
}
