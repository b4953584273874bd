package dev.backstep.api.v1alpha1.status;

/** Where a plan, or its current run, stands. The edges are in docs/architecture.md. */
public enum Phase {
  /** No run was ever asked for. */
  Idle(false),
  /** A run was asked for; everything that can be checked beforehand is being checked. */
  Pending(true),
  /** The gates are measured before anything is touched. */
  Checking(true),
  /** The level wants to be approved before it acts. */
  AwaitingApproval(true),
  /** A level's actions are carried out. */
  Acting(true),
  /** The effects are there; the gates have to become healthy in time. */
  Verifying(true),
  /** Healthy; the gates have to stay healthy for the soak. */
  Soaking(true),
  /** The run asks a human a question and does nothing until it is answered. */
  AwaitingAnswer(true),
  /** The run was aborted; an effect under way is brought to a known end first. */
  Aborting(true),
  /** What the run held is being given back. */
  Releasing(true),
  /** What the run changed is being put back, last change first. */
  Undoing(true),
  /** Ended healthy, nothing is held off. */
  Recovered(false),
  /** Ended healthy, but something is held off: that feature is OFF until it is released. */
  Mitigated(false),
  /** No level is left and the gates are not healthy. */
  Exhausted(false),
  /** Stopped by a human; what was changed stays changed and is listed. */
  Aborted(false),
  /** Could not begin; nothing was changed. */
  Failed(false),
  /** Ended, and everything it held was given back. */
  Released(false),
  /** Ended, and what it changed was put back where nobody else changed it meanwhile. */
  Undone(false),
  /** A dry run or a drill came to its end. */
  Completed(false);

  private final boolean open;

  Phase(boolean open) {
    this.open = open;
  }

  /** True while the run has not ended. */
  public boolean isOpen() {
    return open;
  }
}
