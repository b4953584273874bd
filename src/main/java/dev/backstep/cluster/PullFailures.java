package dev.backstep.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

  /** Who says so, and in which word, by the name of the image. */
  public Map<String, String> in(String namespace) {
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
