package dev.backstep.cluster;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;

/** Nobody behind a Service is ready, or not the one that is wanted: that is how the Service is. */
public class NoReplicaException extends ProblemException {
  private static final long serialVersionUID = 1L;

  NoReplicaException(String message) {
    super(new Problem("NoReplicaReady", message));
  }
}
