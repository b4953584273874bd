package dev.backstep.database;

import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;

/** Nothing is to be committed: the transaction is rolled back, and this is how the effect ended. */
final class NotDoneException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Outcome outcome;

  NotDoneException(Outcome outcome) {
    super(outcome.toString());
    this.outcome = outcome;
  }

  /** It cannot be done. */
  static NotDoneException failed(String reason, String message) {
    return new NotDoneException(new Outcome.Failed(new Problem(reason, message)));
  }

  Outcome outcome() {
    return outcome;
  }
}
