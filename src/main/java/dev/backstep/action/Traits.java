package dev.backstep.action;

/**
 * What kind of thing an action does.
 *
 * @param hold it keeps something off until that is given back
 * @param destructive it destroys something that its undo cannot bring back
 * @param backup it makes a backup that a destructive action after it may rely on
 * @param reversible what it changed can be put back to what it was before
 */
public record Traits(boolean hold, boolean destructive, boolean backup, boolean reversible) {
  /** Changes something for good, and can put it back. */
  public static final Traits REPAIR = new Traits(false, false, false, true);

  /** Changes something, and nothing is gained by putting it back. */
  public static final Traits ONE_WAY = new Traits(false, false, false, false);

  /** Keeps something off. */
  public static final Traits HOLD = new Traits(true, false, false, true);
}
