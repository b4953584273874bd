package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.gate.GateScope;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * ONCE: a gate whose call changes something is called only when the run asks for it, and then once:
 * after the level's repeated gates, after the action whose proof it is, before the level whose
 * precondition it is. A new process may call again: what it measured is lost with a process.
 */
final class OnceGates implements SimulatedApiServer.Listener {
  private final Simulation world;
  private final Map<String, Set<String>> wanted = new HashMap<>();
  private final Map<String, Integer> asked = new HashMap<>();
  private int jobs;

  OnceGates(Simulation world) {
    this.world = world;
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (GateJobs.isOne(write)) {
      job(write);
    }
    if (write.after() == null || !SimulatedApiServer.isLadder(write)) {
      return;
    }
    var run = write.after().at("/status/run");
    var claim = world.server().get(SimulatedApiServer.RECORDS, run.path("claim").asText());
    if (claim != null) {
      wants(run, claim.at("/data/pinned"));
    }
  }

  private void wants(JsonNode run, JsonNode plan) {
    if (run.hasNonNull("asking")) {
      want(run.path("asking").asText(), run, run.path("askedAt"));
    }
    var measuring = run.path("measuringSince");
    if (run.path("phase").asText().equals("Releasing")) {
      plan.at("/release/gates").forEach(gate -> want(gate.asText(), run, measuring));
    }
    if (!run.hasNonNull("level")) {
      return;
    }
    var status = run.at("/levels/" + run.path("level").asText());
    var level = Json.named(plan.path("levels"), status.path("name").asText());
    if (!run.hasNonNull("action")) {
      level.path("preconditions").forEach(gate -> want(gate.asText(), run, measuring));
      plan.path("stopConditions").forEach(stop -> gatesOf(stop, plan, run));
    }
  }

  private void gatesOf(JsonNode stop, JsonNode plan, JsonNode run) {
    for (var gate : plan.path("gates")) {
      var name = gate.path("name").asText();
      if (stop.path("when").asText().contains(name)) {
        want(name, run, run.path("measuringSince"));
      }
    }
  }

  /** Every process that asks finds the Job of the one before. */
  private void job(SimulatedApiServer.Write write) {
    jobs += write.before() == null ? 1 : 0;
    var times = wanted.values().stream().mapToInt(Set::size).sum();
    if (jobs > times) {
      world.violated(
          "ONCE",
          "%d Jobs of gates were made, the run asked %d times".formatted(jobs, times),
          null);
    }
  }

  private void want(String gate, JsonNode run, JsonNode since) {
    wanted
        .computeIfAbsent(gate, name -> new HashSet<>())
        .add(run.path("uid").asText() + " " + since.asText());
  }

  /** A process calls a gate. */
  void asked(SimulatedProcess process, Object gate, GateScope scope) {
    var changes = gate instanceof HttpGate http && !http.method().name().matches("GET|HEAD");
    if (!changes || !scope.namespace().equals(SimulatedApiServer.NAMESPACE)) {
      return;
    }
    var times = wanted.getOrDefault(scope.gate(), Set.of()).size();
    var now = asked.merge(process.name() + " " + scope.gate(), 1, Integer::sum);
    if (now > times) {
      world.violated(
          "ONCE",
          "%s called gate %s %d times, the run asked for it %d times"
              .formatted(process.name(), scope.gate(), now, times),
          null);
    }
  }
}
