package dev.backstep.database;

import dev.backstep.problem.Problem;
import java.sql.SQLException;

/** There is no session with the database: nothing was sent to it. */
public final class NoSessionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  NoSessionException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  NoSessionException(Problem problem, Throwable cause) {
    super(problem.message(), cause);
    this.problem = problem;
  }

  /** True when it may be otherwise in a moment: the server was not there, or broke it off. */
  boolean passes() {
    return getCause() instanceof SQLException e && SqlErrors.lost(e);
  }

  /** What is wrong, and what to do about it. */
  public Problem problem() {
    return problem;
  }
}
