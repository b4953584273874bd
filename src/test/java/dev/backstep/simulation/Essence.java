package dev.backstep.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What must be the same however often the operator was killed on the way. */
final class Essence {
  private Essence() {}

  static String of(Simulation world) {
    var text = new StringBuilder();
    for (var resource :
        List.of(
            "deployments",
            "statefulsets",
            "rollouts",
            "configmaps",
            "pods",
            "cronjobs",
            "scaledobjects",
            "ingresses",
            "httproutes",
            SimulatedArgoCd.APPLICATIONS)) {
      world
          .server()
          .all(resource)
          .forEach(
              (name, object) -> text.append(resource).append(' ').append(target(name, object)));
    }
    var plan = world.plan();
    if (plan != null) {
      var run = plan.at("/status/run");
      text.append("plan ").append(run.path("phase").asText()).append(' ');
      text.append(run.path("reason").asText()).append('\n');
      run.path("levels").forEach(level -> text.append(level(level)));
      plan.at("/status/holds")
          .forEach(
              hold ->
                  text.append("hold ")
                      .append(hold.path("name").asText())
                      .append(hold.path("original")));
    }
    return text.toString();
  }

  private static String level(JsonNode level) {
    var text = new StringBuilder(level.path("name").asText());
    text.append(' ').append(level.path("outcome").asText());
    for (var action : level.path("actions")) {
      text.append(", ").append(action.path("name").asText()).append(' ');
      text.append(action.path("outcome").asText()).append(' ').append(Rules.changed(action));
    }
    return text.append('\n').toString();
  }

  /** In which order the members came says nothing. */
  private static String inOrder(JsonNode json) {
    try {
      return dev.backstep.api.Json.MAPPER.writeValueAsString(
          dev.backstep.api.Json.MAPPER.treeToValue(json, Object.class));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String target(String name, ObjectNode object) {
    var spec = inOrder(object.has("spec") ? object.get("spec") : object.path("data"));
    var held = HeldEntries.of(object).essence();
    return name + held + " " + spec.replaceAll("restartedAt\":\"[^\"]*", "restartedAt\":\"") + "\n";
  }
}
