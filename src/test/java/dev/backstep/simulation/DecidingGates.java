package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;

/** Which of a plan's gates decide about a run, as fields.md says. */
final class DecidingGates {
  private DecidingGates() {}

  /** True for a gate that is measured again and again and decides at the run's present level. */
  static boolean decides(JsonNode plan, JsonNode run, JsonNode gate) {
    var symptom = Json.named(plan.path("symptoms"), run.path("symptom").asText());
    if (once(gate)) {
      return false;
    }
    if (has(symptom.path("gates"), gate.path("name"))) {
      return true;
    }
    var own = own(plan, run);
    return own.isArray()
        ? has(own, gate.path("name"))
        : !gate.hasNonNull("use") || gate.path("use").asText().equals("Health");
  }

  /** The gates of the run's present level; missing where the level names none. */
  private static JsonNode own(JsonNode plan, JsonNode run) {
    var name = run.at("/levels/" + run.path("level").asText("none") + "/name").asText();
    return Json.named(plan.path("levels"), name).path("gates");
  }

  private static boolean once(JsonNode gate) {
    return gate.hasNonNull("measure")
        ? gate.path("measure").asText().equals("Once")
        : gate.hasNonNull("manual")
            || gate.hasNonNull("job")
            || gate.at("/http/method").asText("GET").equals("POST");
  }

  private static boolean has(JsonNode names, JsonNode name) {
    for (var it : names) {
      if (it.equals(name)) {
        return true;
      }
    }
    return false;
  }
}
