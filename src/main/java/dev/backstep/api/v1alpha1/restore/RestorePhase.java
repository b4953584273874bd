package dev.backstep.api.v1alpha1.restore;

/** Where a DbRestore stands. */
public enum RestorePhase {
  /** It was not begun: suspended, or not looked at yet. */
  Pending(false, false),
  /** The backup is read, and restored into a database beside the live one. */
  Restoring(true, false),
  /** What was restored is verified there. */
  Verifying(true, false),
  /** It was proven; now people have to agree before the live data is replaced. */
  AwaitingApproval(true, false),
  /** Who writes to the database is kept off it. */
  Quiescing(true, false),
  /** The present data is copied away, and the copy is verified. */
  BackingUp(true, false),
  /** The two databases change their names. */
  CuttingOver(true, true),
  /** The live data is the restored one: it is verified, and writers come back. */
  Finishing(true, true),
  /** It failed or was aborted: what was kept off comes back, what was made aside is dropped. */
  Stopping(true, false),
  /** A human asked for the data from before: the two databases change their names again. */
  Undoing(true, true),
  /** The live data was replaced, and verified. */
  Succeeded(false, false),
  /** The drill came to its end; the live data was not touched. */
  Drilled(false, false),
  /** It could not be done; the live data is as it was. */
  Failed(false, false),
  /** A human stopped it; the live data is as it was. */
  Aborted(false, false),
  /** The data was replaced, and is not proven: a human has to look. */
  HalfRestored(false, false),
  /** The data from before is live again. */
  Undone(false, false);

  private final boolean open;
  private final boolean replacing;

  RestorePhase(boolean open, boolean replacing) {
    this.open = open;
    this.replacing = replacing;
  }

  /** True while something goes on. */
  public boolean isOpen() {
    return open;
  }

  /** True while the live data is replaced: it is brought to its end, whatever is wished. */
  public boolean isReplacing() {
    return replacing;
  }
}
