package dev.backstep.api;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * A status that says what it is about, and how things are: what every kind of ours has.
 *
 * @param <S> the status itself
 */
public interface ObservedStatus<S extends ObservedStatus<S>> {
  /** metadata.generation that it is about. */
  Long observedGeneration();

  /** Why the object stands where it does, in one word. */
  String reason();

  /** Never null. */
  List<Condition> conditions();

  /** The same status, which says this instead. */
  S saying(Long generation, String reason, List<Condition> conditions);
}
