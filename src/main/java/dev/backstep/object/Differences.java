package dev.backstep.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Refusal;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.zjsonpatch.JsonDiff;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Asks the API server what changes would do, as the plan's ServiceAccount, without writing. */
@ApplicationScoped
public class Differences {
  private static final int MAX_VALUE = 200;
  private static final Pattern VALUE_OF_A_VARIABLE = Pattern.compile(".*/env/\\d+/value");
  private static final Pattern VARIABLE = Pattern.compile(".*/env/\\d+");
  private static final Pattern VARIABLES = Pattern.compile(".*/env");
  private static final String NOT_SHOWN = "(not shown)";

  private final KubernetesClient client;

  public Differences(KubernetesClient client) {
    this.client = client;
  }

  /** Every place that would change, as {@code Deployment web /spec/replicas: 2 -> 0}. */
  List<String> of(ObjectPatch effect, KubernetesClient writer) {
    try {
      return effect
          .object()
          .read(client, effect.uid())
          .map(live -> differences(effect, json(live), json(dryRun(effect, writer))))
          .orElseGet(() -> List.of("%s: does not exist".formatted(effect.target())));
    } catch (KubernetesClientException e) {
      return List.of("%s: would be refused: %s".formatted(effect.target(), Refusal.said(e)));
    }
  }

  /**
   * Everything that an object would have, in the same form; before, there is nothing. What is in a
   * Job of Backstep's own tells nobody what it does, so that one is only named.
   */
  static List<String> of(ObjectCreation effect) {
    var program = effect.manifest().path("metadata").path("annotations").path(Annotations.PROGRAM);
    if (program.isTextual()) {
      return List.of("%s: runs Backstep's %s".formatted(effect.target(), program.asText()));
    }
    var lines = new ArrayList<String>();
    effect
        .manifest()
        .properties()
        .forEach(
            member -> {
              if (member.getValue().isContainerNode() && !member.getKey().equals("metadata")) {
                leaves(effect, "/" + member.getKey(), member.getValue(), lines);
              }
            });
    return lines;
  }

  private static void leaves(
      ObjectCreation effect, String path, JsonNode value, List<String> lines) {
    if (value.isObject()) {
      value
          .properties()
          .forEach(
              it -> leaves(effect, "%s/%s".formatted(path, it.getKey()), it.getValue(), lines));
    } else if (value.isArray() && value.path(0).isObject()) {
      for (var i = 0; i < value.size(); i++) {
        leaves(effect, "%s/%d".formatted(path, i), value.get(i), lines);
      }
    } else if (!value.isEmpty() || value.isValueNode()) {
      lines.add("%s %s: (nothing) -> %s".formatted(effect.target(), path, shown(path, value)));
    }
  }

  /** Asks the API server what the change would make of the target; nothing is written. */
  private HasMetadata dryRun(ObjectPatch effect, KubernetesClient writer) {
    var context =
        new PatchContext.Builder().withPatchType(PatchType.JSON).withDryRun(List.of("All")).build();
    return writer
        .resource(effect.object().address(client))
        .patch(
            context,
            ObjectPatches.tested(effect.annotated(Annotations.MARK, "dry-run")).toString());
  }

  private ObjectNode json(Object object) {
    return client.getKubernetesSerialization().convertValue(object, ObjectNode.class);
  }

  private static List<String> differences(ObjectPatch effect, JsonNode before, JsonNode after) {
    var lines = new ArrayList<String>();
    for (var operation : JsonDiff.asJson(before, after)) {
      var path = operation.path("path").asText();
      if (!ours(path)) {
        lines.add(
            "%s %s: %s -> %s"
                .formatted(
                    effect.target(),
                    path,
                    shown(path, before.at(path)),
                    shown(path, operation.path("value"))));
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

  private static String shown(String path, JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "(nothing)";
    }
    if (VALUE_OF_A_VARIABLE.matcher(path).matches()) {
      return NOT_SHOWN;
    }
    var seen = value.isContainerNode() ? withoutVariables(path, value) : value;
    var text = seen.isTextual() ? seen.asText() : seen.toString();
    return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE) + " ...";
  }

  /** Variables may have credentials in them that only those may see who may read the object. */
  private static JsonNode withoutVariables(String path, JsonNode value) {
    var copy = value.<JsonNode>deepCopy();
    if (VARIABLE.matcher(path).matches()) {
      hide(copy);
    }
    if (VARIABLES.matcher(path).matches()) {
      copy.forEach(Differences::hide);
    }
    copy.findValues("env").forEach(variables -> variables.forEach(Differences::hide));
    return copy;
  }

  private static void hide(JsonNode variable) {
    if (variable instanceof ObjectNode it && it.has("value")) {
      it.put("value", NOT_SHOWN);
    }
  }
}
