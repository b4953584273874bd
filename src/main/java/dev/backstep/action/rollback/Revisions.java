package dev.backstep.action.rollback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Workload;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Old pod templates, where Kubernetes itself keeps them. */
@ApplicationScoped
public class Revisions {
  private static final String REVISION = "deployment.kubernetes.io/revision";
  private static final String POD_TEMPLATE_HASH = "pod-template-hash";

  private final KubernetesClient client;
  private final PodTemplates templates;

  public Revisions(KubernetesClient client, PodTemplates templates) {
    this.client = client;
    this.templates = templates;
  }

  /** The template of a workload's revision; empty when it is not kept any more. */
  Optional<ObjectNode> template(Workload workload, long revision) {
    return workload.object() instanceof Deployment
        ? ofDeployment(workload, revision)
        : ofSet(workload, revision);
  }

  private Optional<ObjectNode> ofDeployment(Workload workload, long revision) {
    return client
        .apps()
        .replicaSets()
        .inNamespace(workload.object().getMetadata().getNamespace())
        .withLabelSelector(workload.selector())
        .list()
        .getItems()
        .stream()
        .filter(set -> owned(set, workload))
        .filter(set -> Long.toString(revision).equals(revisionOf(set)))
        .findFirst()
        .map(
            set -> {
              var template = templates.json(set.getSpec().getTemplate());
              ((ObjectNode) template.path("metadata").path("labels")).remove(POD_TEMPLATE_HASH);
              return template;
            });
  }

  private static String revisionOf(ReplicaSet set) {
    return set.getMetadata().getAnnotations().get(REVISION);
  }

  private Optional<ObjectNode> ofSet(Workload workload, long revision) {
    return client
        .apps()
        .controllerRevisions()
        .inNamespace(workload.object().getMetadata().getNamespace())
        .withLabelSelector(workload.selector())
        .list()
        .getItems()
        .stream()
        .filter(record -> owned(record, workload) && record.getRevision() == revision)
        .findFirst()
        .map(this::templateOf);
  }

  /** Kubernetes keeps a strategic merge patch that replaces the template. */
  private ObjectNode templateOf(ControllerRevision record) {
    var data = client.getKubernetesSerialization().convertValue(record.getData(), ObjectNode.class);
    var template = (ObjectNode) data.at("/spec/template").deepCopy();
    template.remove("$patch");
    return templates.json(templates.parse(template));
  }

  private static boolean owned(HasMetadata object, Workload workload) {
    var uid = workload.object().getMetadata().getUid();
    return object.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getUid().equals(uid));
  }
}
