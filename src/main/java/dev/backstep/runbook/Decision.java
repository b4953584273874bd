package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.RunStatus;
import java.time.Instant;
import java.util.List;

/** What the engine wants done next; one thing at a time. */
public sealed interface Decision {
  /**
   * Write the run's next state.
   *
   * @param run the state after the step
   * @param holds what is kept off after the step
   * @param action the action the step is about, or null
   */
  record Advance(RunStatus run, List<Hold> holds, String action) implements Decision {}

  /**
   * Keep every target's present state, write this state with its intent, then send the effect.
   *
   * @param run the state with the intent in it
   */
  record Act(RunStatus run, String action) implements Decision {}

  /**
   * Bring an intent that was found open to a known end.
   *
   * @param wanted true: its effect is still wanted, so it is sent again; false: it is fenced off
   */
  record Close(Intent intent, boolean wanted) implements Decision {}

  /** Ask the API server what every level would change, without writing anything. */
  record Preview() implements Decision {}

  /** Nothing to do before {@code until}; null: before something changes. */
  record Wait(Instant until) implements Decision {}
}
