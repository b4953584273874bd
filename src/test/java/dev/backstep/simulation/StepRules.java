package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;

/** I5 and ANSWER: one step at a time, none is lost, and a question is left by its answer. */
final class StepRules extends Rules {
  /** The status keeps so many steps. */
  private static final int KEPT = 200;

  /** Questions of a run that ends already: nothing is left to be stopped. */
  static final String ENDING =
      "ReleaseDoubted|ReleaseFailed|ReleaseUnknown|ReleaseGate|ReleasedUnhealthy|UndoDoubted|UndoFailed|UndoRejected|UndoUnknown";

  private String answer = "";
  private boolean fresh;

  StepRules(Simulation world, Facts facts) {
    super(world, facts);
  }

  /** Somebody else than the operator wrote the plan. */
  void edited(SimulatedApiServer.Write write) {
    var said = write.after().at("/spec/run/answer").toString();
    fresh = fresh || !said.equals(answer);
    answer = said;
  }

  /** The operator wrote the status. */
  void written(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var after = write.after().at("/status/run");
    if (before.path("uid").equals(after.path("uid"))) {
      step(write, before, after);
    } else {
      begun(write, before, after);
    }
    answered(write, before, after);
  }

  private void begun(SimulatedApiServer.Write write, JsonNode before, JsonNode after) {
    require(!before.path("active").asBoolean(), "I5", "an open run was replaced by another one");
    var restored = facts.wiped(after.path("claim").asText());
    require(
        restored || after.path("seq").asLong() == 1,
        "I5",
        "a run began with seq " + after.path("seq"));
    require(last(write.after()).equals(after.path("seq")), "I5", "the first step was not written");
  }

  private static JsonNode last(JsonNode plan) {
    var transitions = plan.at("/status/transitions");
    return transitions.path(transitions.size() - 1).path("seq");
  }

  private void step(SimulatedApiServer.Write write, JsonNode before, JsonNode after) {
    var steps = after.path("seq").asLong() - before.path("seq").asLong();
    require(
        steps == 0 || steps == 1,
        "I5",
        "seq went from " + before.path("seq") + " to " + after.path("seq"));
    require(steps != 0 || before.equals(after), "I5", "the run changed without a step");
    var old = write.before().at("/status/transitions");
    var now = write.after().at("/status/transitions");
    var expected = Math.min(KEPT, old.size() + steps);
    require(now.size() == expected, "I5", "steps: " + old.size() + " -> " + now.size());
    require(last(write.after()).equals(after.path("seq")), "I5", "a step was not written");
    if (!before.path("active").asBoolean() && after.path("active").asBoolean()) {
      require(
          after.path("phase").asText().matches("Releasing|Undoing"),
          "I5",
          "an ended run went on in " + after.path("phase"));
    }
  }

  /** A question is left by an answer that was given after it was asked, once; or by a stop. */
  private void answered(SimulatedApiServer.Write write, JsonNode before, JsonNode after) {
    var was = before.path("question");
    var is = after.path("question");
    if (was.equals(is)) {
      return;
    }
    if (was.isObject() && before.path("uid").equals(after.path("uid")) && !stopped(write, was)) {
      require(
          !Facts.choice(write).isEmpty() && fresh,
          "ANSWER",
          "question " + was.path("id") + " was left without an answer that was given to it");
    }
    fresh = false;
  }

  private static boolean stopped(SimulatedApiServer.Write write, JsonNode question) {
    var deleting = write.before().path("metadata").has("deletionTimestamp");
    var ending = question.path("reason").asText().matches(ENDING);
    var state = write.before().at("/spec/run/state").asText();
    return deleting || !ending && state.matches("Aborted|Undone");
  }
}
