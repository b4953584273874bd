package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/**
 * REFUSED: a wish that stands in the plan and was carried out is not refused later, whatever ran
 * since; and one that was never carried out is not left unanswered.
 */
final class StandingWish implements SimulatedApiServer.Listener {
  private final Simulation world;
  private final Set<String> carriedOut = new HashSet<>();
  private String id = "";

  StandingWish(Simulation world) {
    this.world = world;
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (!SimulatedApiServer.isLadder(write)) {
      return;
    }
    if (write.after() == null || write.before() == null) {
      carriedOut.clear();
    }
    if (write.after() == null) {
      return;
    }
    var wish = write.after().at("/spec/run/id").asText();
    if (!wish.equals(id)) {
      id = wish;
      carriedOut.clear();
    }
    var run = write.after().at("/status/run");
    if (!write.writer().operator()) {
      if (!run.isObject()) {
        // Whoever lost the record of a run refuses to do it again.
        carriedOut.clear();
      }
      return;
    }
    if (run.path("id").asText().equals(id)) {
      carriedOut.add(id);
    }
    if (refuses(write.after()) && !refuses(write.before()) && carriedOut.contains(id)) {
      world.violated("REFUSED", "run " + id + " was carried out and is refused now", null);
    }
  }

  private boolean refuses(JsonNode plan) {
    for (var refused : plan.at("/status/refused")) {
      if (refused.asText().equals(id)) {
        return true;
      }
    }
    return false;
  }

  /** True when the wish in the plan needs no answer any more. */
  boolean carriedOut() {
    return carriedOut.contains(id);
  }
}
