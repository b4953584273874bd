package dev.backstep.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where PersistentVolumeClaims are mounted: most volumes are given to one node at a time. */
@ApplicationScoped
public class ClaimNodes {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final KubernetesClient client;

  public ClaimNodes(KubernetesClient client) {
    this.client = client;
  }

  /** The node of a pod that has the first of the claims that any has; empty: none has one. */
  public Optional<String> node(String namespace, List<String> claims) {
    var pods =
        client.pods().inNamespace(namespace).list().getItems().stream()
            .filter(pod -> pod.getSpec().getNodeName() != null)
            .filter(pod -> pod.getStatus() == null || !ENDED.contains(pod.getStatus().getPhase()))
            .toList();
    return claims.stream()
        .flatMap(claim -> pods.stream().filter(pod -> mounts(pod, claim)))
        .map(pod -> pod.getSpec().getNodeName())
        .findFirst();
  }

  private static boolean mounts(Pod pod, String claim) {
    return pod.getSpec().getVolumes().stream()
        .map(volume -> volume.getPersistentVolumeClaim())
        .anyMatch(source -> source != null && source.getClaimName().equals(claim));
  }
}
