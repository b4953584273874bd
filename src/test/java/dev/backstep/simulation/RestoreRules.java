package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import dev.backstep.database.swap.MemoryServer;
import dev.backstep.database.swap.Names;
import java.util.HashSet;
import java.util.Set;

/**
 * REACHABLE, KEPT, COPIED, WRITERS, AGREED: whatever happens, people reach the data from before or
 * the restored data, whole and once; what was live stays; and it is replaced by what was proven,
 * once it was copied away and nobody writes; and it is put back when another person agreed to that.
 */
final class RestoreRules extends Rules {
  private static final Set<String> WHOLE = Set.of(MemoryServer.OLD_DATA, MemoryServer.NEW_DATA);

  private final EffectRules effects;
  private final Set<String> marks = new HashSet<>();
  private final Set<String> actions = new HashSet<>();

  RestoreRules(Simulation world, Facts facts, EffectRules effects) {
    super(world, facts);
    this.effects = effects;
  }

  private SimulatedRestores restores() {
    return world.outside().restores();
  }

  /** True when this action did something on the server. */
  boolean did(String action) {
    return actions.contains(action);
  }

  /**
   * An effect was done on the server.
   *
   * @param before OID of the database that was live before
   */
  void done(String mark, long before) {
    var intent = intent(mark);
    if (facts.imageLost(intent) || facts.wiped(claim(intent)) || facts.anyLost()) {
      facts.landedLate(intent, "database");
    } else {
      require(facts.isKnown(intent), "I5", intent + " was done without a recorded intent");
      require(facts.isOpen(intent), "I7", intent + " was done after it was closed");
    }
    actions.add(claim(intent) + "/" + intent.split("/")[1]);
    if (marks.add(mark)) {
      effects.outside(intent);
    }
    always();
    var live = restores().server().liveOid();
    if (live != before && live != MemoryServer.first()) {
      swapped();
    }
    if (live != before && live == MemoryServer.first() && !facts.anyLost()) {
      swappedBack(intent);
    }
  }

  /** Whatever the status says: somebody agreed to exactly that, and is not who asked for it. */
  private void swappedBack(String intent) {
    var run = world.plan().at("/status/run");
    var asked = Set.of(run.path("requestedBy").asText(), "carol");
    require(
        world.consent().all().stream()
            .map(Approval::getSpec)
            .filter(it -> it.runId().equals(run.path("id").asText()))
            .filter(it -> intent.split("/")[1].equals(it.item()))
            .filter(it -> it.decision() == Decision.Approve)
            .anyMatch(it -> !asked.contains(it.approver())),
        "AGREED",
        "the data from before was put back, and nobody else had agreed to it");
  }

  /** What is true at every instant. */
  void always() {
    var server = restores().server();
    var data = server.liveData();
    require(
        data.filter(WHOLE::contains).isPresent(),
        "REACHABLE",
        "people find " + data.orElse("none"));
    require(server.has(MemoryServer.first()), "KEPT", "the data from before is gone");
  }

  private void swapped() {
    require(
        restores().copied().equals(MemoryServer.OLD_DATA),
        "COPIED",
        "the present data was replaced, and only '" + restores().copied() + "' was copied away");
    var web = world.server().get("deployments", "web");
    require(
        web == null || web.at("/spec/replicas").asInt(1) == 0,
        "WRITERS",
        "the data was replaced while web has " + web.at("/spec/replicas") + " replicas");
  }

  /** The operator wrote the status. */
  void plan(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var after = write.after().at("/status/run");
    var phase = after.path("phase").asText();
    if (before.path("phase").asText().equals(phase) || facts.anyLost()) {
      return;
    }
    var mine = actions.stream().anyMatch(it -> it.startsWith(after.path("claim").asText() + "/"));
    if (mine && !facts.wiped(after.path("claim").asText())) {
      ended(phase, after);
    }
  }

  private void ended(String phase, JsonNode run) {
    var server = restores().server();
    if (phase.equals("Recovered")
        && acted(run)
        && !run.path("reason").asText().equals("AcceptedByHuman")) {
      require(
          server.liveOid() != MemoryServer.first(),
          "PROVEN",
          "it is said to be restored, and is not");
    }
    if (phase.equals("Undone") || phase.equals("Completed")) {
      var aside = aside(run.path("claim").asText());
      require(
          server.liveOid() == MemoryServer.first() && aside == 0,
          "UNDO",
          "everything is said to be as before, and %d is live, and %d databases are aside"
              .formatted(server.liveOid(), aside));
    }
  }

  /** A system that turns healthy while people are asked is left alone. */
  private static boolean acted(JsonNode run) {
    return each(run.path("levels"))
        .flatMap(level -> each(level.path("actions")))
        .anyMatch(it -> it.hasNonNull("startedAt") && !it.path("preparing").asBoolean());
  }

  /** What an earlier run left aside is said at its end, and stays when another one is undone. */
  private long aside(String claim) {
    return actions.stream()
        .map(action -> action.split("/"))
        .filter(action -> action[0].equals(claim))
        .mapToLong(action -> restores().server().aside(Names.of(claim, action[1], 1).tag()))
        .sum();
  }
}
