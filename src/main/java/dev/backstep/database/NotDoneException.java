package dev.backstep.database;

import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;

/** Nothing is to be committed: the transaction is rolled back, and this is how the effect ended. */
public final class NotDoneException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Outcome outcome;

  public NotDoneException(Outcome outcome) {
    super(outcome.toString());
    this.outcome = outcome;
  }

  /** It cannot be done. */
  public static NotDoneException failed(String reason, String message) {
    return new NotDoneException(new Outcome.Failed(new Problem(reason, message)));
  }

  /** How the effect ended. */
  public Outcome outcome() {
    return outcome;
  }

  /** What keeps it from being done. */
  public Problem problem() {
    return SqlErrors.problem(outcome);
  }
}
