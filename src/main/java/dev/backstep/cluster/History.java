package dev.backstep.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** Where a kind of workload keeps its old pod templates. */
public interface History {
  /** The template of a revision; empty when it is not kept any more. */
  Optional<ObjectNode> template(
      Workload workload, long revision, KubernetesClient client, PodTemplates templates);

  /** True when the workload owns the object. */
  static boolean owned(HasMetadata object, Workload workload) {
    var uid = workload.object().getMetadata().getUid();
    return object.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getUid().equals(uid));
  }
}
