package dev.backstep.action;

import dev.backstep.api.v1alpha1.action.DeclaredEffect;

/**
 * What kind of thing an action does.
 *
 * @param hold it keeps something off until that is given back
 * @param shared several may hold its targets at once, and the targets say who does; others' targets
 *     are changed by one run at a time
 * @param destructive it destroys something that its undo cannot bring back
 * @param unseen the world does not show what it did: only the run's own record does
 * @param backup it makes a backup that a destructive action after it may rely on; of one that
 *     destroys something itself, a backup of just that
 * @param drillable it destroys something, but not in a drill: there it touches nothing that people
 *     work with
 */
public record Traits(
    boolean hold,
    boolean shared,
    boolean destructive,
    boolean unseen,
    boolean backup,
    boolean drillable) {
  /** Changes something for good. */
  public static final Traits REPAIR = new Traits(false, false, false, false, false, false);

  /** Keeps something off. */
  public static final Traits HOLD = new Traits(true, false, false, false, false, false);

  /** Keeps something off that others may keep off as well. */
  public static final Traits SHARED_HOLD = new Traits(true, true, false, false, false, false);

  /** Keeps something off, and nobody sees it. */
  public static final Traits UNSEEN_HOLD = new Traits(true, false, false, true, false, false);

  /** Destroys something that it made a backup of before; and nobody sees it. */
  public static final Traits DESTROYS_WHAT_IT_KEPT =
      new Traits(false, false, true, true, true, false);

  /** Keeps a copy of what there is; and nobody sees it. */
  public static final Traits BACKUP = new Traits(false, false, false, true, true, false);

  /** Holds or repairs, and perhaps destroys something, as the plan says; and nobody sees it. */
  public static Traits declared(DeclaredEffect effect, Boolean destructive) {
    return new Traits(
        effect == DeclaredEffect.Hold, false, Boolean.TRUE.equals(destructive), true, false, false);
  }
}
