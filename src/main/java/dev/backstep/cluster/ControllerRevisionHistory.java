package dev.backstep.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** A ControllerRevision for each revision. */
record ControllerRevisionHistory() implements History {
  @Override
  public Optional<ObjectNode> template(
      Workload workload, long number, KubernetesClient client, PodTemplates templates) {
    return client
        .apps()
        .controllerRevisions()
        .inNamespace(workload.object().getMetadata().getNamespace())
        .withLabelSelector(workload.selector())
        .list()
        .getItems()
        .stream()
        .filter(record -> History.owned(record, workload) && record.getRevision() == number)
        .findFirst()
        .map(record -> template(record, client, templates));
  }

  /** Kubernetes keeps a strategic merge patch that replaces the template. */
  private static ObjectNode template(
      ControllerRevision record, KubernetesClient client, PodTemplates templates) {
    var data = client.getKubernetesSerialization().convertValue(record.getData(), ObjectNode.class);
    var template = (ObjectNode) data.at("/spec/template").deepCopy();
    template.remove("$patch");
    return templates.json(templates.parse(template));
  }
}
