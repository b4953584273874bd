package dev.backstep.rollbackplan;

import dev.backstep.rollbackplan.start.RunStarter.Start;
import dev.backstep.runbook.Decision;

/** What is due of a plan: one thing at a time. */
sealed interface Next {
  /** A run begins. */
  record Begin(Start.Begin start) implements Next {}

  /** The wish for a run is not carried out, now and later. */
  record Refuse(Start.Refuse start) implements Next {}

  /** The run was written and has no claim yet: the process may have died right then. */
  record Claim() implements Next {}

  /** What the engine wants of the run. */
  record Decided(Decision decision) implements Next {}

  /** Nothing but to wait. */
  record Wait() implements Next {}
}
