package dev.backstep.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.zjsonpatch.JsonDiff;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;

/** Asks the API server what changes would do, as the plan's ServiceAccount, without writing. */
@ApplicationScoped
public class DryRun {
  private static final int MAX_VALUE = 200;

  private final KubernetesClient client;
  private final Impersonation impersonation;

  public DryRun(KubernetesClient client, Impersonation impersonation) {
    this.client = client;
    this.impersonation = impersonation;
  }

  /** Every place that would change, as {@code Deployment web /spec/replicas: 2 -> 0}. */
  public List<String> differences(String namespace, String serviceAccount, Change change) {
    var target = change.kind() + " " + change.name();
    if (change.deletes()) {
      return List.of(target + ": deleted");
    }
    var writer =
        new TargetWriter(
            client,
            impersonation.as(namespace, serviceAccount),
            "ServiceAccount " + namespace + "/" + serviceAccount);
    try {
      var live = References.read(client, change);
      return live == null
          ? List.of(target + ": does not exist")
          : differences(target, json(live), json(writer.dryRun(change)));
    } catch (KubernetesClientException e) {
      return List.of(target + ": would be refused: " + Refusal.said(e));
    }
  }

  private ObjectNode json(Object object) {
    return client.getKubernetesSerialization().convertValue(object, ObjectNode.class);
  }

  private static List<String> differences(String target, JsonNode before, JsonNode after) {
    var lines = new ArrayList<String>();
    for (var operation : JsonDiff.asJson(before, after)) {
      var path = operation.path("path").asText();
      if (!ours(path)) {
        lines.add(
            "%s %s: %s -> %s"
                .formatted(target, path, shown(before.at(path)), shown(operation.path("value"))));
      }
    }
    return lines;
  }

  /** What every write moves, and Backstep's own annotations, are not what is asked for. */
  private static boolean ours(String path) {
    return path.startsWith("/metadata/generation")
        || path.startsWith("/metadata/resourceVersion")
        || path.startsWith("/metadata/managedFields")
        || path.startsWith("/metadata/annotations/backstep.dev")
        || path.startsWith("/status");
  }

  private static String shown(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "(nothing)";
    }
    var text = value.isTextual() ? value.asText() : value.toString();
    return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE) + " ...";
  }
}
