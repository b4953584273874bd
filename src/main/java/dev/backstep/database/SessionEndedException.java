package dev.backstep.database;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;

/**
 * A question was not answered, because its session did not come about, as while a server starts, or
 * was ended by somebody. That says nothing of the data: asked again, it may be answered.
 */
public final class SessionEndedException extends ProblemException {
  private static final long serialVersionUID = 1L;

  public SessionEndedException(Problem problem) {
    super(problem);
  }
}
