package dev.backstep.action.rollback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Workload;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Old pod templates, where Kubernetes itself keeps them. */
@ApplicationScoped
public class Revisions {
  private final KubernetesClient client;
  private final PodTemplates templates;

  public Revisions(KubernetesClient client, PodTemplates templates) {
    this.client = client;
    this.templates = templates;
  }

  /** The template of a workload's revision; empty when it is not kept any more. */
  Optional<ObjectNode> template(Workload workload, long revision) {
    return workload.type().history().template(workload, revision, client, templates);
  }
}
