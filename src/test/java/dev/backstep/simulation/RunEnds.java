package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.runbook.Reading;
import java.time.Duration;
import java.time.Instant;

/** I14: nobody says healthy who did not measure it, often enough and long enough. */
final class RunEnds {
  /** A loop that waits for the API server notices nothing for so long. */
  private static final long MISSED = 25_000;

  private final Simulation world;
  private final long clocks;
  private long measuringSince;
  private long soakingSince;

  RunEnds(Simulation world, long clocks) {
    this.world = world;
    this.clocks = clocks;
  }

  /** Remembers when the measurements began that count. */
  void measuring(JsonNode before, JsonNode after) {
    if (!before.path("measuringSince").equals(after.path("measuringSince"))) {
      measuringSince = world.time().elapsed();
    }
    if (after.path("phase").asText().equals("Soaking")
        && !before.path("phaseSince").equals(after.path("phaseSince"))) {
      var since = Instant.parse(after.path("phaseSince").asText());
      soakingSince = Duration.between(VirtualTime.BEGIN, since).toMillis();
    }
  }

  /** Checks the phase that a run just entered. */
  void entered(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var run = write.after().at("/status/run");
    var phase = run.path("phase").asText();
    var good = phase.matches("Recovered|Mitigated|Soaking");
    // A human may let the soak begin again whatever the gates say; its end still needs them green.
    var reason = run.path("reason").asText();
    if (!good || reason.equals("AcceptedByHuman") || reason.equals("Answered")) {
      return;
    }
    var was = before.path("phase").asText();
    var claim = world.server().get(SimulatedApiServer.RECORDS, run.path("claim").asText());
    if (claim == null) {
      // Its namespace is being deleted.
      return;
    }
    var plan = claim.at("/data/plan");
    var process = write.writer().name();
    for (var gate : plan.path("gates")) {
      if (DecidingGates.decides(plan, before, gate)) {
        var decided = write.writer().request().sent();
        greens(process, gate, run, decided);
        if (was.equals("Soaking")) {
          soaked(process, gate, plan, decided);
        }
      }
    }
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
    if (seen < wanted) {
      world.violated(
          "I14",
          run.path("phase")
              + " after "
              + seen
              + " green measurements of gate "
              + gate.path("name")
              + " instead of "
              + wanted,
          null);
    }
  }

  private void soaked(String process, JsonNode gate, JsonNode plan, long decided) {
    var soak = seconds(plan.at("/verification/soak").asText()) * 1000;
    var lasted = world.time().elapsed() - soakingSince;
    if (lasted < soak - clocks) {
      world.violated("I14", "soaked for " + lasted + " ms instead of " + soak, null);
    }
    // Newest first: how long the gate was red without a break, for as long as nobody can miss it.
    var limit = gate.path("consecutiveFailureLimit").asInt();
    var reds = 0;
    var until = 0L;
    for (var measured : world.gates().of(process, SimulatedGates.key(gate))) {
      if (measured.begun() < soakingSince || measured.known() > decided) {
        continue;
      }
      reds = measured.color() == Reading.Color.RED ? reds + 1 : 0;
      until = reds == 0 ? measured.begun() : until;
      if (reds > limit && until - measured.begun() > MISSED) {
        world.violated("I14", "gate " + gate.path("name") + " was unhealthy in the soak", null);
      }
    }
  }

  private static long seconds(String duration) {
    var number = Long.parseLong(duration.substring(0, duration.length() - 1));
    return switch (duration.charAt(duration.length() - 1)) {
      case 's' -> number;
      case 'm' -> number * 60;
      default -> number * 3600;
    };
  }
}
