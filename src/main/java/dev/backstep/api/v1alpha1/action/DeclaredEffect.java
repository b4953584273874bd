package dev.backstep.api.v1alpha1.action;

/** What an action is, where only the plan's author can know. */
public enum DeclaredEffect {
  /** It keeps something off until it is released. */
  Hold,
  /** It repairs something, and stays. */
  Repair
}
