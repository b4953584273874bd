package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** PAUSE, DRYRUN, OWNED: what humans wished of a run, and what other runs may count on. */
final class WishRules extends Rules {
  /** Caches are behind for less than this. */
  private static final long CACHES = 60_000;

  private final Map<String, Long> owners = new HashMap<>();

  WishRules(Simulation world, Facts facts) {
    super(world, facts);
  }

  /** A plan was written; whose runs are open is remembered for as long as caches may lag. */
  void anyPlan(SimulatedApiServer.Write write) {
    if (write.before() != null && write.before().at("/status/run/active").asBoolean()) {
      owners.put(write.before().at("/status/run/claim").asText(), world.time().elapsed());
    }
  }

  /** An effect landed on a target. */
  void effect(SimulatedApiServer.Write write, String mark) {
    require(
        !facts.mode(claim(mark)).equals("DryRun"),
        "DRYRUN",
        write.name() + " was written by a dry run");
    if (!givesBack(mark)) {
      owned(write, claim(mark));
    }
  }

  private void owned(SimulatedApiServer.Write write, String claim) {
    var owner = Json.annotation(write.before(), OWNER);
    require(
        claim.equals(owner) || !isOpen(owner),
        "OWNED",
        write.name() + " belongs to the open run " + owner);
    require(
        !isHeld(owner, claim, write) || Facts.same(write.before(), write.after(), "/data"),
        "OWNED",
        write.name() + " is held by another plan's run " + owner);
  }

  /** Another plan set it, and did not give it back yet; who scales it has a ledger for that. */
  private boolean isHeld(String owner, String claim, SimulatedApiServer.Write write) {
    return world.server().all(SimulatedApiServer.PLANS).values().stream()
        .map(plan -> plan.path("status"))
        .filter(status -> !status.at("/run/claim").asText().equals(claim))
        .flatMap(status -> each(status.path("holds")))
        .anyMatch(
            hold ->
                hold.path("claim").asText().equals(owner)
                    && hold.path("name").asText().equals(write.name())
                    && !hold.path("type").asText().equals("scale"));
  }

  private boolean isOpen(String claim) {
    return world.server().all(SimulatedApiServer.PLANS).values().stream()
        .map(plan -> plan.at("/status/run"))
        .anyMatch(
            run -> run.path("active").asBoolean() && run.path("claim").asText().equals(claim));
  }

  /** A record was written by the operator. */
  void record(SimulatedApiServer.Write write) {
    var run = world.plan() == null ? null : world.plan().at("/status/run");
    require(
        run == null
            || !write.name().startsWith("bs-img-")
            || !run.path("active").asBoolean()
            || !facts.mode(run.path("claim").asText()).equals("DryRun"),
        "DRYRUN",
        "a dry run keeps a before-image");
  }

  /** The operator wrote the status. */
  void plan(SimulatedApiServer.Write write) {
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
    var reason = after.at("/question/reason").asText();
    if (reason.equals("TargetOwned") && !before.path("question").equals(after.path("question"))) {
      require(
          anyOwned(after.path("claim").asText()),
          "OWNED",
          "no target belongs to another open run: " + after.path("message").asText());
    }
  }

  /** A claim counts while its run is open, and no longer. */
  private boolean anyOwned(String claim) {
    return Stream.concat(SimulatedControllers.WORKLOADS.stream(), Stream.of("configmaps"))
        .flatMap(resource -> world.server().all(resource).values().stream())
        .map(target -> Json.annotation(target, OWNER))
        .anyMatch(
            owner ->
                owner != null
                    && !owner.equals(claim)
                    && (isOpen(owner)
                        || world.time().elapsed() - owners.getOrDefault(owner, -CACHES) < CACHES));
  }

  /** A status write is refused when the plan changed meanwhile, so it knew of the pause. */
  private void paused(JsonNode before, JsonNode after) {
    var mark = after.at("/intent/mark").asText();
    require(
        mark.isEmpty() || mark.equals(before.at("/intent/mark").asText()),
        "PAUSE",
        mark + " was begun while the run was paused");
    // A stop that was under way goes on, and a run without its claim cannot begin.
    var record = world.server().get(SimulatedApiServer.RECORDS, after.path("claim").asText());
    var foreign = record == null || !record.at("/data/runUid").equals(after.path("uid"));
    var ends = before.path("phase").asText().equals("Aborting") || foreign;
    require(
        ends || before.path("phase").equals(after.path("phase")),
        "PAUSE",
        "phase " + before.path("phase") + " -> " + after.path("phase") + " while paused");
    require(
        ends || before.path("level").equals(after.path("level")),
        "PAUSE",
        "another level while paused");
  }
}
