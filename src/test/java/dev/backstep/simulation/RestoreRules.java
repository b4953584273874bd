package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.database.swap.MemoryServer;
import dev.backstep.database.swap.Names;
import java.util.HashSet;
import java.util.Set;

/**
 * REACHABLE, KEPT, COPIED, WRITERS: whatever happens, people reach the data from before or the
 * restored data, whole and once; what was live stays; and it is replaced by what was proven, once
 * it was copied away and nobody writes.
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
    if (phase.equals("Recovered") && !run.path("reason").asText().equals("AcceptedByHuman")) {
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

  /** What an earlier run left aside is said at its end, and stays when another one is undone. */
  private long aside(String claim) {
    return actions.stream()
        .map(action -> action.split("/"))
        .filter(action -> action[0].equals(claim))
        .mapToLong(action -> restores().server().aside(Names.of(claim, action[1], 1).tag()))
        .sum();
  }
}
