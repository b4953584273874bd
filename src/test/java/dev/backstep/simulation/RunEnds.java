package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.measure.Reading;
import java.time.Duration;
import java.time.Instant;

/** I14: nobody says healthy who did not measure it, often enough and long enough. */
final class RunEnds extends Rules {
  private long measuringSince;
  private long soakingSince;
  private Instant soakFrom = VirtualTime.BEGIN;

  /** The last answer to this run's questions was to leave it as it is. */
  private boolean accepted;

  RunEnds(Simulation world, Facts facts) {
    super(world, facts);
  }

  /** The operator wrote the status. */
  void plan(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var after = write.after().at("/status/run");
    answered(write, before.path("uid").equals(after.path("uid")));
    if (!before.path("phase").equals(after.path("phase"))
        || !before.path("uid").equals(after.path("uid"))) {
      entered(write);
    }
    if (!before.path("measuringSince").equals(after.path("measuringSince"))) {
      measuringSince = world.time().elapsed();
    }
    if (after.path("phase").asText().equals("Soaking")
        && !before.path("phaseSince").equals(after.path("phaseSince"))) {
      soakingSince = world.time().elapsed();
      soakFrom = Instant.parse(after.path("phaseSince").asText());
    }
  }

  /** An answer stands until the next one: what an action has going on may be ended first. */
  private void answered(SimulatedApiServer.Write write, boolean sameRun) {
    var choice = Facts.choice(write);
    accepted = choice.isEmpty() ? sameRun && accepted : choice.equals("Accept");
  }

  /** Checks the phase that a run just entered. */
  private void entered(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var run = write.after().at("/status/run");
    var phase = run.path("phase").asText();
    if (!phase.matches("Recovered|Mitigated|Soaking") || byHuman(write, run)) {
      return;
    }
    var claim = world.server().get(SimulatedApiServer.RECORDS, run.path("claim").asText());
    if (claim == null) {
      // Its namespace is being deleted.
      return;
    }
    var plan = claim.at("/data/pinned");
    var process = write.writer().name();
    var soaked = before.path("phase").asText().equals("Soaking");
    if (soaked) {
      longEnough(write, plan);
    }
    for (var gate : plan.path("gates")) {
      if (DecidingGates.decides(plan, before, gate)) {
        var decided = write.writer().request().sent();
        greens(process, gate, run, decided);
        if (soaked) {
          stayed(process, gate, decided);
        }
      }
    }
  }

  /**
   * A human may accept how it is, and has it said so; or let the soak begin again, whose end still
   * needs green gates.
   */
  private boolean byHuman(SimulatedApiServer.Write write, JsonNode run) {
    var soaks = run.path("phase").asText().equals("Soaking");
    if (accepted && !soaks) {
      require(
          run.path("reason").asText().equals("AcceptedByHuman"),
          "I14",
          run.path("phase") + " by a human's decision, and the reason is " + run.path("reason"));
      return true;
    }
    return soaks && Facts.choice(write).equals("Proceed");
  }

  /** The last measurements that count are green, as many as the gate wants. */
  private void greens(String process, JsonNode gate, JsonNode run, long decided) {
    var wanted = gate.path("consecutiveSuccessLimit").asInt();
    var seen = 0;
    for (var measured : world.gates().of(process, SimulatedGates.key(gate))) {
      var counts = measured.begun() >= measuringSince && measured.known() < decided;
      if (seen == wanted || measured.color() != Reading.Color.GREEN && counts) {
        break;
      }
      // A measurement of an older window may come in late; it counts for nobody.
      seen += counts ? 1 : 0;
    }
    require(
        seen >= wanted,
        "I14",
        "%s after %d green measurements of gate %s instead of %d"
            .formatted(run.path("phase"), seen, gate.path("name"), wanted));
  }

  /** On the clock of the process that says so; when the soak began is said in the status. */
  private void longEnough(SimulatedApiServer.Write write, JsonNode plan) {
    var soak = seconds(plan.at("/verification/soak").asText()) * 1000;
    var now = world.clock(write.writer().name());
    var lasted = Duration.between(soakFrom, now).toMillis();
    require(lasted >= soak, "I14", "soaked for " + lasted + " ms instead of " + soak);
  }

  /** In the soak a gate was never as often in a row red, or not measurable, as is too often. */
  private void stayed(String process, JsonNode gate, long decided) {
    never(process, gate, decided, Reading.Color.RED, "consecutiveFailureLimit");
    never(process, gate, decided, Reading.Color.ERROR, "consecutiveErrorLimit");
  }

  private void never(
      String process, JsonNode gate, long decided, Reading.Color color, String limit) {
    var inARow = 0;
    for (var measured : world.gates().of(process, SimulatedGates.key(gate))) {
      if (measured.begun() >= soakingSince && measured.known() < decided) {
        inARow = measured.color() == color ? inARow + 1 : 0;
        require(
            inARow < gate.path(limit).asInt(),
            "I14",
            "gate " + gate.path("name") + " was " + color + " " + inARow + " times in the soak");
      }
    }
  }

  /** What must be true when nothing happens any more. */
  void atRest(JsonNode plan) {
    var phase = plan.at("/status/run/phase").asText();
    var holds = plan.at("/status/holds").size();
    require(!phase.equals("Recovered") || holds == 0, "I14", "Recovered, but something is held");
    require(!phase.equals("Mitigated") || holds > 0, "I14", "Mitigated, but nothing is held");
  }
}
