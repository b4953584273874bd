package dev.backstep.synccontrol.decide;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.effect.Step;

/** What is to be done next. */
public sealed interface Decision {
  /** Nothing, for now. */
  record Wait() implements Decision {}

  /**
   * One step of the switch.
   *
   * @param means what it is about; null: the switch as a whole
   */
  record Advance(SyncControlStatus status, String means, String reason, String message)
      implements Decision {}

  /**
   * Effects are sent, after their intent was written.
   *
   * @param status without the intent
   */
  record Act(SyncControlStatus status, String means, Intent intent, Step step) implements Decision {
    /** The step that records the intent. */
    Advance intended() {
      var episode = status.episode().with(means, it -> it.withIntent(intent));
      return new Advance(
          status.withEpisode(episode), means, Reasons.EFFECT_INTENDED, step.work().message());
    }
  }

  /** An intent that was found open is brought to a known end. */
  record Close(String means, Intent intent, boolean wanted) implements Decision {}
}
