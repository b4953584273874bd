package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.simulation.Touches.Touched;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** UNDO: what was to be put back is as before, or is said not to be; others' changes stay. */
final class UndoRules extends Rules {
  /** A cache is behind by so much, or by a little more. */
  private static final long LAG = 10_000;

  private final Touches touches;

  /** When a run first said what became of an action; who changes something later is not seen. */
  private final Map<String, Long> said = new HashMap<>();

  UndoRules(Simulation world, Facts facts, Touches touches) {
    super(world, facts);
    this.touches = touches;
  }

  /** What somebody else set is not put back. */
  void effect(SimulatedApiServer.Write write, String mark) {
    var target = touches.of(claim(mark)).get(uid(write.before()));
    if (!mark.split("/")[2].equals("undo") || target == null) {
      return;
    }
    for (var place : Touches.PLACES) {
      var is = Leaves.of(write.before().at(place));
      var foreign = Leaves.different(is, Leaves.of(target.last().at(place)));
      require(
          Leaves.different(is, Leaves.of(write.after().at(place))).stream()
              .noneMatch(foreign::contains),
          "UNDO",
          "the undo overwrote " + place + " of " + write.name() + ", which somebody else had set");
    }
  }

  /** The operator wrote the status. */
  void plan(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var after = write.after().at("/status/run");
    var phase = after.path("phase").asText();
    var claim = after.path("claim").asText();
    if (!after.path("undone").isEmpty()) {
      said.putIfAbsent(claim, world.time().elapsed());
    }
    var undone =
        phase.equals("Undone") || phase.equals("Completed") && facts.mode(claim).equals("Drill");
    for (var hold : write.before().at("/status/holds")) {
      if (each(write.after().at("/status/holds")).noneMatch(hold::equals)
          && !write.before().path("metadata").has("deletionTimestamp")) {
        released(hold);
      }
    }
    if (undone && !before.path("phase").equals(after.path("phase")) && !facts.wiped(claim)) {
      undone(write.after(), after, claim);
    }
  }

  /** What is not held any more is not as the action had set it; what is scaled says so itself. */
  private void released(JsonNode hold) {
    var claim = hold.path("claim").asText();
    var action = hold.path("action").asText();
    if (!List.of("setConfig", "blockRoute").contains(hold.path("type").asText())
        || facts.wiped(claim)
        || facts.leftByHuman(claim, action)) {
      return;
    }
    touches.stillThere(
        claim,
        (live, target) ->
            Touches.PLACES.forEach(
                place ->
                    require(
                        !target.stillSet(live, place, action),
                        "UNDO",
                        target.name() + " is held no more, and still as " + action + " set it")));
  }

  private void undone(ObjectNode plan, JsonNode run, String claim) {
    touches.stillThere(
        claim,
        (live, target) -> {
          Touches.PLACES.forEach(place -> place(run, claim, live, target, place));
          require(
              facts.leftByHuman(claim, "")
                  || anyLeft(run, claim)
                  || !HeldEntries.of(live).of(claim),
              "UNDO",
              target.name() + " is held after the undo");
        });
    for (var hold : plan.at("/status/holds")) {
      require(
          !hold.path("claim").asText().equals(claim)
              || facts.leftByHuman(claim, hold.path("action").asText()),
          "UNDO",
          "a hold is left after the undo");
    }
    each(run.path("undone"))
        .filter(it -> it.path("outcome").asText().equals("Partly"))
        .forEach(it -> reproached(claim, it));
  }

  private boolean anyLeft(JsonNode run, String claim) {
    return each(run.path("levels"))
        .flatMap(level -> each(level.path("actions")))
        .anyMatch(action -> facts.leftByHuman(claim, action.path("name").asText()));
  }

  private void place(JsonNode run, String claim, JsonNode live, Touched target, String place) {
    var action = target.by(place);
    if (action == null
        || !target.changed(place)
        || Touches.asBefore(live, target, place, it -> facts.leftByHuman(claim, it))
        || facts.leftByHuman(claim, action)
        || place.equals("/spec/replicas") && (heldByAnother(live, target) || autoscaled(live))) {
      return;
    }
    if (target.foreignSince(said.getOrDefault(claim, world.time().elapsed()) - LAG)) {
      return;
    }
    require(
        !Touches.asLeft(live, target, place) && target.foreign(),
        "UNDO",
        target.name() + " has " + place + " " + live.at(place) + " after the undo");
    require(
        each(run.path("undone"))
            .anyMatch(
                it ->
                    !it.path("outcome").asText().equals("Undone")
                        && it.path("message").asText().contains(target.name())),
        "UNDO",
        target.name() + " is not as before in " + place + ", and the undo does not say so");
  }

  /** It has as many replicas as an autoscaler allows: that counts as given back. */
  private boolean autoscaled(JsonNode live) {
    var replicas = live.at("/spec/replicas").asInt();
    return world.server().all("horizontalpodautoscalers").values().stream()
        .map(it -> it.path("spec"))
        .filter(it -> it.at("/scaleTargetRef/name").equals(live.at("/metadata/name")))
        .anyMatch(
            it ->
                replicas >= it.path("minReplicas").asInt()
                    && replicas <= it.path("maxReplicas").asInt());
  }

  /** An earlier run holds it too; with the last hold it comes back to what was before all. */
  private static boolean heldByAnother(JsonNode live, Touched target) {
    return !HeldEntries.of(live).isEmpty()
        || live.at("/spec/replicas")
            .asText()
            .equals(Json.annotation(target.first(), HELD_REPLICAS));
  }

  /** Who is said to have changed something since did so. */
  private void reproached(String claim, JsonNode undone) {
    if (undone.path("message").asText().contains("SyncControl") && notAllSwitchedOn()) {
      return;
    }
    var action = undone.path("action").asText();
    require(
        touches.of(claim).entrySet().stream()
            .filter(it -> it.getValue().changedBy(action))
            .anyMatch(
                it ->
                    it.getValue().foreign()
                        || heldStill(touches.live(it.getKey(), it.getValue()))
                        || facts.unsure(claim, it.getValue().key())
                        || limitsHidden(touches.live(it.getKey(), it.getValue()), undone)),
        "UNDO",
        "nobody else changed what " + action + " did, and still: " + undone.path("message"));
  }

  /** A SyncControl says that it could not give everything back, or still does so. */
  private boolean notAllSwitchedOn() {
    return world.server().all(SimulatedApiServer.SYNCS).values().stream()
        .anyMatch(sync -> !sync.at("/status/state").asText().equals("Enabled"));
  }

  /** Another one holds it as well. */
  private static boolean heldStill(JsonNode live) {
    return live != null && !HeldEntries.of(live).isEmpty();
  }

  /** Who may not list autoscalers cannot know that one allows the number, and blames nobody. */
  private boolean limitsHidden(JsonNode live, JsonNode undone) {
    return facts.autoscalersHidden()
        && live != null
        && autoscaled(live)
        && !undone.path("message").asText().contains("somebody else");
  }
}
