package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import java.util.concurrent.CompletionStage;

/**
 * One part of a restore. It remembers nothing: what is left of it is seen from the databases, from
 * Jobs and from who is kept off.
 *
 * @param <S> what it decides from
 */
interface RestoreStage<S extends Seen> {
  /** The phase that it belongs to. */
  RestorePhase phase();

  /** What is left of it; settled: the next one is due. */
  CompletionStage<Step> left(S now);
}
