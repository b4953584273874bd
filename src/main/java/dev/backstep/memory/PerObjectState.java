package dev.backstep.memory;

/**
 * Something that remembers what it knows of an object between passes: it can be lost at any moment,
 * and it has to go when the object is gone.
 */
public interface PerObjectState {
  /** Forgets everything about the object with this uid. */
  void forget(String uid);
}
