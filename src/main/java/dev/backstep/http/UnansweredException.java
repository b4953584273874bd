package dev.backstep.http;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;

/** A request without a complete answer. */
public final class UnansweredException extends ProblemException {
  private static final long serialVersionUID = 1L;

  /** Why nobody was asked: who was to be asked is not there. */
  static final String NO_REPLICA = "NoReplicaReady";

  private final boolean left;
  private final boolean ours;

  UnansweredException(Problem problem, boolean left, boolean ours) {
    super(problem);
    this.left = left;
    this.ours = ours;
  }

  /** False: nothing left this process, and nothing will; true: it may have been carried out. */
  public boolean left() {
    return left;
  }

  /** True when the replica that was to be asked is not there any more. */
  boolean nobodyThere() {
    return problem().reason().equals(NO_REPLICA);
  }

  /** True when it says nothing about the other side: what is wrong is the request, or the way. */
  public boolean ours() {
    return ours;
  }
}
