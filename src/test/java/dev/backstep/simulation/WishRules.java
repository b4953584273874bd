package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * What humans wished of a run, checked from the audit log alone: paused is paused, put back is put
 * back, a dry run writes nothing, nothing acts unapproved or on another run's target.
 */
final class WishRules implements SimulatedApiServer.Listener {
  private static final String MARK = "backstep.dev/mark";

  /** The places of a target that effects write. */
  private static final List<String> PLACES = List.of("/spec/replicas", "/spec/template", "/data");

  private final Simulation world;
  private final Predicate<String> excused;
  private final Map<String, Map<String, Touched>> touched = new HashMap<>();

  /**
   * @param excused true for the claim of a run of which nobody can know everything any more
   */
  WishRules(Simulation world, Predicate<String> excused) {
    this.world = world;
    this.excused = excused;
  }

  /** What one run did to one target. */
  private static final class Touched {
    private final String resource;
    private final String name;
    private final JsonNode before;
    private JsonNode last;
    private boolean foreign;

    Touched(SimulatedApiServer.Write write) {
      resource = write.resource();
      name = write.name();
      before = write.before();
    }
  }

  private void require(boolean holds, String rule, String message) {
    if (!holds) {
      world.violated(rule, message, null);
    }
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    switch (write.resource()) {
      case SimulatedApiServer.PLANS -> {
        if (write.writer().operator()
            && write.name().equals(ReferenceLadder.PLAN)
            && write.before() != null
            && write.after() != null) {
          plan(write);
        }
      }
      case "deployments", "statefulsets", "daemonsets", "configmaps" -> {
        if (write.writer().operator()) {
          effect(write);
        } else if (write.before() != null
            && !write.writer().name().equals(SimulatedControllers.WHO)) {
          changedElsewhere(write, "");
        }
      }
      case SimulatedApiServer.RECORDS -> {
        var run = world.plan() == null ? null : world.plan().at("/status/run");
        require(
            !write.writer().operator()
                || write.after() == null
                || run == null
                || !write.name().startsWith("bs-img-")
                || !run.path("active").asBoolean()
                || !run.path("mode").asText().equals("DryRun"),
            "DRYRUN",
            "a dry run keeps a before-image");
      }
      default -> {}
    }
  }

  // ---- targets

  private void effect(SimulatedApiServer.Write write) {
    var mark = Json.annotation(write.after(), MARK);
    if (mark == null || mark.equals(Json.annotation(write.before(), MARK))) {
      return;
    }
    require(!mark.equals("dry-run"), "DRYRUN", write.name() + " was written by a dry run");
    var claim = mark.split("/")[0];
    var record = world.server().get(SimulatedApiServer.RECORDS, claim);
    if (record == null) {
      return;
    }
    var plan = record.at("/data/plan");
    require(
        !plan.at("/run/mode").asText().equals("DryRun"),
        "DRYRUN",
        write.name() + " was written by a dry run");
    if (mark.contains("/Undo/")) {
      onlyItsOwn(write, claim);
    } else if (!mark.contains("/Release/")) {
      owned(write, claim);
      approved(mark, claim, plan);
    }
    changedElsewhere(write, claim);
    touched
            .computeIfAbsent(claim, it -> new HashMap<>())
            .computeIfAbsent(uid(write), it -> new Touched(write))
            .last =
        write.after();
  }

  private static String uid(SimulatedApiServer.Write write) {
    return write.before().at("/metadata/uid").asText();
  }

  /** Others than this run changed what runs had changed. */
  private void changedElsewhere(SimulatedApiServer.Write write, String claim) {
    touched.forEach(
        (by, targets) -> {
          var target = targets.get(uid(write));
          if (target != null
              && !by.equals(claim)
              && (write.after() == null
                  || PLACES.stream().anyMatch(it -> !same(write.before(), write.after(), it)))) {
            target.foreign = true;
          }
        });
  }

  private static boolean same(JsonNode one, JsonNode other, String place) {
    return Objects.equals(one.at(place), other.at(place));
  }

  /** What somebody else set is not put back. */
  private void onlyItsOwn(SimulatedApiServer.Write write, String claim) {
    var target = touched.getOrDefault(claim, Map.of()).get(uid(write));
    if (target == null || target.last == null) {
      return;
    }
    for (var place : PLACES) {
      require(
          same(write.before(), write.after(), place) || same(write.before(), target.last, place),
          "UNDO",
          "the undo overwrote " + place + " of " + write.name() + ", which somebody else had set");
    }
  }

  private void owned(SimulatedApiServer.Write write, String claim) {
    var owner = Json.annotation(write.before(), "backstep.dev/owner");
    var open =
        world.server().all(SimulatedApiServer.PLANS).values().stream()
            .map(plan -> plan.at("/status/run"))
            .anyMatch(
                run -> run.path("active").asBoolean() && run.path("claim").asText().equals(owner));
    require(
        !open || claim.equals(owner), "OWNED", write.name() + " belongs to the open run " + owner);
  }

  private void approved(String mark, String claim, JsonNode plan) {
    var run = world.plan() == null ? null : world.plan().at("/status/run");
    if (run == null || !run.path("claim").asText().equals(claim) || excused.test(claim)) {
      return;
    }
    for (var level : plan.path("levels")) {
      for (var action : level.path("actions")) {
        if (action.path("name").asText().equals(mark.split("/")[1])
            && level.has("approval")
            && plan.at("/run/mode").asText().equals("Execute")) {
          var people =
              world
                  .consent()
                  .approvers(
                      run.path("id").asText(),
                      level.path("name").asText(),
                      run.at("/approval/hash").asText(),
                      run.path("requestedBy").asText());
          require(
              people >= level.at("/approval/approvers").asInt(),
              "I2",
              mark + " landed with the approval of " + people);
        }
      }
    }
  }

  // ---- the plan

  private void plan(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var after = write.after().at("/status/run");
    if (!after.isObject() || !before.path("uid").equals(after.path("uid"))) {
      return;
    }
    var wish = write.before().at("/spec/run");
    if (wish.path("state").asText().equals("Paused")
        && wish.path("id").equals(before.path("id"))
        && before.path("active").asBoolean()
        && !write.before().path("metadata").has("deletionTimestamp")) {
      paused(before, after);
    }
    if (!before.path("phase").equals(after.path("phase"))
        && (after.path("phase").asText().equals("Undone")
            || after.path("reason").asText().equals("Drilled"))
        && !excused.test(after.path("claim").asText())) {
      undone(write.after(), after);
    }
  }

  /** A status write is refused when the plan changed meanwhile, so it knew of the pause. */
  private void paused(JsonNode before, JsonNode after) {
    var mark = after.at("/intent/mark").asText();
    require(
        mark.isEmpty() || mark.equals(before.at("/intent/mark").asText()),
        "PAUSE",
        mark + " was begun while the run was paused");
    // A stop that was under way goes on, and a run without its claim cannot begin.
    var ends =
        before.path("phase").asText().equals("Aborting")
            || after.path("reason").asText().equals("RunRefused");
    require(
        ends || before.path("phase").equals(after.path("phase")),
        "PAUSE",
        "phase " + before.path("phase") + " -> " + after.path("phase") + " while paused");
    require(
        ends || before.path("level").equals(after.path("level")),
        "PAUSE",
        "another level while paused");
  }

  /** Everything is as before the run, or is said not to be. */
  private void undone(ObjectNode plan, JsonNode run) {
    var claim = run.path("claim").asText();
    var targets = touched.getOrDefault(claim, Map.of());
    var all = !run.path("message").asText().contains("not put back");
    if (run.path("message").asText().contains("by a human's decision")) {
      return;
    }
    if (!all) {
      require(
          targets.values().stream().anyMatch(it -> it.foreign)
              || run.path("undone").toString().contains("\"Skipped\""),
          "UNDO",
          "nobody changed anything, and still: " + run.path("message").asText());
      return;
    }
    targets.forEach(
        (uid, target) -> {
          var live = world.server().get(target.resource, target.name);
          if (live == null || target.foreign || !live.at("/metadata/uid").asText().equals(uid)) {
            return;
          }
          var held = HeldEntries.of(live);
          for (var place : PLACES) {
            if (!held.isEmpty() && place.equals("/spec/replicas")) {
              // An earlier run holds it too; the message says that it is still off.
              require(
                  held.number() == live.at(place).asInt(),
                  "UNDO",
                  target.name
                      + " has "
                      + live.at(place)
                      + " replicas and is held"
                      + held.essence());
              continue;
            }
            var is = comparable(live.at(place));
            var adopted = Json.annotation(target.before, "backstep.dev/held-replicas");
            if (place.equals("/spec/replicas") && is.asText().equals(adopted)) {
              // An earlier run held it; with the last hold it came back to what was before both.
              continue;
            }
            require(
                is.equals(comparable(target.before.at(place))),
                "UNDO",
                target.name + " has " + place + " " + is + " after the undo");
          }
          require(!held.of(claim), "UNDO", target.name + " is held after the undo");
        });
    for (var hold : plan.at("/status/holds")) {
      require(!hold.path("claim").asText().equals(claim), "UNDO", "a hold is left after the undo");
    }
  }

  /** A restart is not undone. */
  private static JsonNode comparable(JsonNode value) {
    var annotations = value.at("/metadata/annotations");
    if (!annotations.isObject()) {
      return value;
    }
    var copy = (ObjectNode) value.deepCopy();
    var kept = (ObjectNode) copy.at("/metadata/annotations");
    annotations.fieldNames().forEachRemaining(name -> dropRestart(kept, name));
    if (kept.isEmpty()) {
      ((ObjectNode) copy.path("metadata")).remove("annotations");
    }
    return copy;
  }

  private static void dropRestart(ObjectNode annotations, String name) {
    if (name.endsWith("restartedAt")) {
      annotations.remove(name);
    }
  }
}
