package dev.backstep.database;

import dev.backstep.problem.Problem;

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

  /** What is wrong, and what to do about it. */
  public Problem problem() {
    return problem;
  }
}
