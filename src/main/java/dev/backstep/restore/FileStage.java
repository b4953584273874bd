package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** One part of a restore of a SQLite file: a Job does it, or nobody has to. */
record FileStage(RestorePhase phase, Function<FileSeen, CompletionStage<Step>> step)
    implements RestoreStage<FileSeen> {
  /** One that is known at once. */
  static FileStage now(RestorePhase phase, Function<FileSeen, Step> step) {
    return new FileStage(phase, seen -> step.apply(seen).now());
  }

  @Override
  public CompletionStage<Step> left(FileSeen now) {
    return step.apply(now);
  }
}
