package dev.backstep.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/**
 * A ReplicaSet for each revision.
 *
 * @param revision annotation with its number
 * @param hash label that its controller adds to the template
 */
record ReplicaSetHistory(String revision, String hash) implements History {
  @Override
  public Optional<ObjectNode> template(
      Workload workload, long number, KubernetesClient client, PodTemplates templates) {
    return client
        .apps()
        .replicaSets()
        .inNamespace(workload.object().getMetadata().getNamespace())
        .withLabelSelector(workload.selector())
        .list()
        .getItems()
        .stream()
        .filter(set -> History.owned(set, workload))
        .filter(set -> Long.toString(number).equals(Annotations.of(set).get(revision)))
        .findFirst()
        .map(
            set -> {
              var template = templates.json(set.getSpec().getTemplate());
              ((ObjectNode) template.path("metadata").path("labels")).remove(hash);
              return template;
            });
  }
}
