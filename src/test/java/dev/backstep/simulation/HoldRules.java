package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;

/**
 * I4 and I13 for numbers of replicas: what is written down to come back is what was there, comes
 * back step by step, and is never forgotten. Everything is read from the targets themselves.
 */
final class HoldRules extends Rules {
  private static final String FOUND_REPLICAS = "backstep.dev/found-replicas";

  /** A plan that is deleted waits so long for what it holds. */
  private static final long DELETION = 60_000;

  /** The object that an action changed, by place and mark: another of that name is not held. */
  private final Map<String, String> heldObjects = new HashMap<>();

  HoldRules(Simulation world, Facts facts) {
    super(world, facts);
  }

  /** An effect that landed on a target. */
  void effect(SimulatedApiServer.Write write, String mark) {
    var before = HeldEntries.of(write.before());
    var after = HeldEntries.of(write.after());
    original(write, before, after);
    heldObjects.put(
        place(write.after()) + "/" + mark.replaceAll("^([^/]*/[^/]*)/.*", "$1"),
        uid(write.after()));
    // A restore lets go by itself, once it replaced the data.
    if (givesBack(mark)
        || world.restoreRules().did(action(mark)) && !before.without(after).isEmpty()) {
      givenBack(write, before, after);
    } else {
      taken(write, claim(mark), before, after);
    }
  }

  private static int replicas(JsonNode object) {
    return object.at("/spec/replicas").asInt();
  }

  private void original(SimulatedApiServer.Write write, HeldEntries before, HeldEntries after) {
    var was = Json.annotation(write.before(), HELD_REPLICAS);
    var is = Json.annotation(write.after(), HELD_REPLICAS);
    if (after.isEmpty()) {
      require(before.isEmpty() || is == null, "I4", "held-replicas is left on " + write.name());
    } else if (before.isEmpty()) {
      var there = replicas(write.before());
      require(String.valueOf(there).equals(is), "I4", "held " + there + " replicas as " + is);
    } else {
      require(Objects.equals(was, is), "I4", "held-replicas " + was + " -> " + is);
    }
  }

  private void taken(
      SimulatedApiServer.Write write, String claim, HeldEntries before, HeldEntries after) {
    var was = replicas(write.before());
    var is = replicas(write.after());
    var taken = after.without(before);
    require(before.without(after).isEmpty(), "I4", write.name() + " lost a hold to an action");
    require(
        is <= was || is <= before.keptBy(claim),
        "I4",
        write.name() + " was raised to " + is + ", which another run keeps lower");
    require(
        taken.isEmpty() && is == was || is == after.number(),
        "I4",
        write.name() + " has " + is + " replicas and is held at" + after.essence());
    require(
        taken.isEmpty()
            || before.isEmpty()
            || before.want(was)
            || String.valueOf(was).equals(Json.annotation(write.after(), FOUND_REPLICAS)),
        "I13",
        was + " replicas, which somebody else had set, were forgotten");
  }

  private void givenBack(SimulatedApiServer.Write write, HeldEntries before, HeldEntries after) {
    var was = replicas(write.before());
    var is = replicas(write.after());
    var dropped = before.without(after);
    require(after.without(before).isEmpty(), "I4", write.name() + " was held by a release");
    require(dropped.size() <= 1, "I4", write.name() + " lost several holds at once");
    if (dropped.isEmpty() || !before.want(was)) {
      require(is == was, "I13", "a release overwrote foreign replicas " + was);
      return;
    }
    var original = Json.annotation(write.before(), HELD_REPLICAS);
    var expected = after.isEmpty() ? limited(write, original) : String.valueOf(after.number());
    require(
        String.valueOf(is).equals(expected)
            || String.valueOf(is).equals(original) && world.everForbidden(),
        "I4",
        write.name() + " came back with " + is + " instead of " + expected);
    var found = Json.annotation(write.before(), FOUND_REPLICAS);
    require(
        !after.isEmpty() || found == null || found.equals(original),
        "I13",
        write.name() + " came back with " + is + ", though somebody else had set " + found);
  }

  /** As near to the original as an autoscaler of the workload allows. */
  private String limited(SimulatedApiServer.Write write, String original) {
    return world.server().all("horizontalpodautoscalers").values().stream()
        .map(it -> it.path("spec"))
        .filter(it -> it.at("/scaleTargetRef/name").asText().equals(write.name()))
        .map(
            it -> {
              var most = Math.min(Integer.parseInt(original), it.path("maxReplicas").asInt());
              return String.valueOf(Math.max(most, it.path("minReplicas").asInt()));
            })
        .findFirst()
        .orElse(original);
  }

  /** Absence is no evidence: a hold goes only when its target does not say it any more. */
  void dropped(SimulatedApiServer.Write write) {
    for (var hold : write.before().at("/status/holds")) {
      var kept =
          StreamSupport.stream(write.after().at("/status/holds").spliterator(), false)
              .anyMatch(it -> same(it, hold));
      var target = target(hold);
      require(
          kept || target == null || !onTarget(target, hold),
          "I4",
          "the hold of " + hold.path("name") + " was dropped while its target is held");
    }
  }

  private static boolean same(JsonNode one, JsonNode other) {
    return one.path("claim").equals(other.path("claim"))
        && one.path("action").equals(other.path("action"))
        && one.path("kind").equals(other.path("kind"))
        && one.path("name").equals(other.path("name"));
  }

  /** Who scales a workload says so on it; what is kept off otherwise has no room for that. */
  private ObjectNode target(JsonNode hold) {
    if (!hold.path("type").asText().equals("scale")) {
      return null;
    }
    var resource = hold.path("kind").asText().toLowerCase(Locale.ROOT) + "s";
    return world.server().get(resource, hold.path("name").asText());
  }

  private static boolean onTarget(JsonNode target, JsonNode hold) {
    return HeldEntries.of(target).has(hold.path("claim").asText(), hold.path("action").asText());
  }

  private boolean createdAgain(JsonNode target, JsonNode hold) {
    var taken =
        place(target) + "/" + hold.path("claim").asText() + "/" + hold.path("action").asText();
    return !uid(target).equals(heldObjects.getOrDefault(taken, uid(target)));
  }

  private static String place(JsonNode object) {
    return object.path("kind").asText() + "/" + object.at("/metadata/name").asText();
  }

  /** What must be true when nothing happens any more. */
  void atRest(ObjectNode plan) {
    for (var resource : SimulatedControllers.WORKLOADS) {
      world.server().all(resource).values().forEach(target -> remembered(plan, target));
    }
    for (var hold : plan.at("/status/holds")) {
      var target = target(hold);
      require(
          target == null
              || onTarget(target, hold)
              || createdAgain(target, hold)
              || facts.unsure(hold.path("claim").asText(), kind(target)),
          "I4",
          "the status says that " + hold.path("name") + " is held, and the target does not");
    }
  }

  private void remembered(ObjectNode plan, ObjectNode target) {
    var held = HeldEntries.of(target);
    var name = target.at("/metadata/name");
    for (var entry : held.entries()) {
      var known =
          StreamSupport.stream(plan.at("/status/holds").spliterator(), false)
              .anyMatch(
                  hold ->
                      hold.path("claim").asText().equals(entry.claim())
                          && hold.path("action").asText().equals(entry.action())
                          && hold.path("name").equals(name));
      require(
          known || !ofThisPlan(plan, entry.claim()) || facts.unsure(entry.claim(), kind(target)),
          "I4",
          name + " is held by " + entry.key() + ", and nobody knows");
      require(
          known
              || SyncRules.isOfMeans(world, entry.claim() + "/")
              || !keptDown(target, held)
              || !saysNothingIsHeld(plan),
          "I4",
          name + " is kept down by " + entry.key() + ", and the run says that nothing is held");
    }
  }

  private static boolean keptDown(ObjectNode target, HeldEntries held) {
    var original = Json.annotation(target, HELD_REPLICAS);
    return replicas(target) == held.number() && !String.valueOf(replicas(target)).equals(original);
  }

  private static boolean saysNothingIsHeld(ObjectNode plan) {
    return plan.at("/status/run/message").asText().contains("Nothing is held any more");
  }

  /** The plan is gone: it let go what it held, or tried for as long as it may. */
  void gone(SimulatedApiServer.Write write) {
    if (world.server().terminating(SimulatedApiServer.NAMESPACE)) {
      // What it holds goes as well.
      return;
    }
    var plan = write.before();
    var asked = Instant.parse(plan.at("/metadata/deletionTimestamp").asText());
    var waited = Duration.between(asked, world.clock(write.writer().name())).toMillis();
    for (var resource : SimulatedControllers.WORKLOADS) {
      for (var target : world.server().all(resource).values()) {
        for (var entry : HeldEntries.of(target).entries()) {
          require(
              waited >= DELETION
                  || !ofThisPlan(plan, entry.claim())
                  || facts.unsure(entry.claim(), kind(target)),
              "I4",
              "the plan is gone after %d ms, and %s is still held"
                  .formatted(waited, target.at("/metadata/name")));
        }
      }
    }
  }

  private static String kind(ObjectNode target) {
    return target.path("kind").asText() + "/" + target.at("/metadata/name").asText();
  }

  private boolean ofThisPlan(JsonNode plan, String claim) {
    var record = world.server().get(SimulatedApiServer.RECORDS, claim);
    return record != null && record.at("/data/ownerUid").equals(plan.at("/metadata/uid"));
  }
}
