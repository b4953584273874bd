package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.simulation.Touches.Touched;

/**
 * I8: what the status of a run lists as changed is what the run changed, for every run that ends.
 */
final class Honesty extends Rules {
  private final EffectRules effects;
  private final Touches touches;

  Honesty(Simulation world, Facts facts, EffectRules effects, Touches touches) {
    super(world, facts);
    this.effects = effects;
    this.touches = touches;
  }

  /** A run has ended, or nothing happens any more. */
  void ended(JsonNode run) {
    var claim = run.path("claim").asText();
    if (facts.wiped(claim)) {
      return;
    }
    each(run.path("levels"))
        .flatMap(level -> each(level.path("actions")))
        .forEach(action -> counted(claim, action));
    touches.stillThere(
        claim, (live, target) -> Touches.PLACES.forEach(place -> listed(run, live, target, place)));
  }

  private void counted(String claim, JsonNode action) {
    var name = claim + "/" + action.path("name").asText();
    var seen = effects.effects(name);
    // Whose pods were deleted when, their owner decides as well.
    var pods = effects.deletions(name);
    var said = changed(action);
    // What nobody can find out, a human may take as done, or who verifies it.
    var plain = action.path("name").asText();
    var taken = facts.leftByHuman(claim, plain) || world.outsideRules().isDoneBefore(claim, plain);
    require(
        facts.unsure(name) || said >= seen - pods && (taken || said <= seen + pods),
        "I8",
        name + " says " + said + " changes, there were " + seen);
  }

  /** What is not as before, and as the run left it, is listed: in the levels, and when it stops. */
  private void listed(JsonNode run, JsonNode live, Touched target, String place) {
    var action = target.by(place);
    if (action == null || !target.changed(place) || !Touches.asLeft(live, target, place)) {
      return;
    }
    var known =
        each(run.path("levels"))
            .flatMap(level -> each(level.path("actions")))
            .anyMatch(it -> it.path("name").asText().equals(action) && changed(it) > 0);
    require(
        known,
        "I8",
        target.name() + " stays changed in " + place + " by " + action + ", which is not listed");
    require(
        !run.path("phase").asText().equals("Aborted")
            || run.path("message").asText().contains(action),
        "I8",
        "the run was stopped and does not say that " + action + " stays: " + run.path("message"));
  }
}
