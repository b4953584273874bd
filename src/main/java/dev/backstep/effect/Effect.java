package dev.backstep.effect;

import dev.backstep.api.v1alpha1.status.Hold;

/**
 * One thing to be done to one target. A record: it is written down, in an image, before it is done,
 * and a process that finds it there can bring it to a known end without asking anybody. It never
 * has a secret in it, only the name of one.
 */
public interface Effect {
  /** What it is done to. */
  Target target();

  /** The effect in a few words, such as {@code Deployment web: app:v2 -> app:v1}. */
  String summary();

  /** What is kept off once this is applied; null: nothing. */
  default Hold takes() {
    return null;
  }

  /** What is not kept off any more once this is applied, or its target is gone; null: nothing. */
  default Hold givesBack() {
    return null;
  }
}
