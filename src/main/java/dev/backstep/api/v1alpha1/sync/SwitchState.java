package dev.backstep.api.v1alpha1.sync;

/** Where a switch stands. */
public enum SwitchState {
  /** The sync runs, as far as Backstep is concerned. */
  Enabled,
  /** It is being switched off. */
  Disabling,
  /** Every means is proven off. */
  Disabled,
  /** It is wanted off, and a means is not proven off in time, or cannot be. */
  DisableFailed,
  /** It is being given back. */
  Enabling,
  /** It is wanted on, and a means cannot be given back. */
  EnableFailed
}
