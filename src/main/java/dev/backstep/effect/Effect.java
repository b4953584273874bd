package dev.backstep.effect;

import dev.backstep.api.v1alpha1.status.Hold;
import java.util.Optional;

/**
 * One thing to be done to one target. A record: it is written down, in an image, before it is done,
 * and a process that finds it there can bring it to a known end without asking anybody. It never
 * has a secret in it, only the name of one.
 */
public interface Effect {
  /** What it is done to. */
  Target target();

  /**
   * Who answers it, such as a database or a host: while that hangs, effects on others go on. Empty:
   * the API server.
   */
  default Optional<Target> answering() {
    return Optional.empty();
  }

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
