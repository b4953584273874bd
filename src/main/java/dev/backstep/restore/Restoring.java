package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Replaces a database by a backup: what is left of it, seen from the world as it is now. Nothing is
 * touched that is live before the backup was restored and verified beside it.
 */
@ApplicationScoped
public class Restoring {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  private final Media media;
  private final QuietStage quiet;
  private final SafetyStage safety;
  private final LettingGo lettingGo;
  private final JobsStage jobs;

  public Restoring(
      Media media, QuietStage quiet, SafetyStage safety, LettingGo lettingGo, JobsStage jobs) {
    this.media = media;
    this.quiet = quiet;
    this.safety = safety;
    this.lettingGo = lettingGo;
    this.jobs = jobs;
  }

  /** Which stages are gone through, of those that are the medium's own and those that are not. */
  private interface Way {
    <S extends Seen> List<RestoreStage<? super S>> in(Medium<?, S> medium);
  }

  /** What is left until the restored data is proven, beside the live one. */
  public CompletionStage<Stand> proven(DbRestoreAction restore, ActionScope scope) {
    return walk(restore, scope, Medium::prove);
  }

  /** What is left until the proven data is the live one, and everybody works with it. */
  public CompletionStage<Stand> replaced(DbRestoreAction restore, ActionScope scope) {
    return walk(restore, scope, this::replace);
  }

  private <S extends Seen> List<RestoreStage<? super S>> replace(Medium<?, S> medium) {
    return Stream.of(
            List.of(quiet), medium.disconnect(), List.of(safety), medium.swap(), List.of(lettingGo))
        .<RestoreStage<? super S>>flatMap(List::stream)
        .toList();
  }

  /** What is left until nobody is kept off, and nothing that was made aside is there any more. */
  public CompletionStage<Stand> stopped(DbRestoreAction restore, ActionScope scope) {
    return walk(restore, scope, this::stop);
  }

  private <S extends Seen> List<RestoreStage<? super S>> stop(Medium<?, S> medium) {
    return Stream.of(List.of(lettingGo, jobs), medium.clear())
        .<RestoreStage<? super S>>flatMap(List::stream)
        .toList();
  }

  /** What is left until the data from before is the live one again. */
  public CompletionStage<Stand> putBack(DbRestoreAction restore, ActionScope scope) {
    return walk(restore, scope, this::putBack);
  }

  private <S extends Seen> List<RestoreStage<? super S>> putBack(Medium<?, S> medium) {
    return Stream.of(medium.putBack(), List.of(lettingGo))
        .<RestoreStage<? super S>>flatMap(List::stream)
        .toList();
  }

  /** What is left until nobody is kept off. */
  public CompletionStage<Stand> letGo(DbRestoreAction restore, ActionScope scope) {
    return walk(restore, scope, this::letGo);
  }

  private <S extends Seen> List<RestoreStage<? super S>> letGo(Medium<?, S> medium) {
    return List.of(lettingGo);
  }

  /** What there is of it, when nothing is left to do. */
  public CompletionStage<Stand> seen(DbRestoreAction restore, ActionScope scope) {
    return walk(restore, scope, Restoring::nothing);
  }

  private static <S extends Seen> List<RestoreStage<? super S>> nothing(Medium<?, S> medium) {
    return List.of();
  }

  /** What is left until the data from before is gone. */
  public CompletionStage<Stand> expired(DbRestoreAction restore, ActionScope scope) {
    return walk(restore, scope, Medium::expire);
  }

  private CompletionStage<Stand> walk(DbRestoreAction restore, ActionScope scope, Way way) {
    return walk(media.of(restore), restore, scope, way);
  }

  private static <S extends Seen> CompletionStage<Stand> walk(
      Medium<?, S> medium, DbRestoreAction restore, ActionScope scope, Way way) {
    var stages = way.in(medium);
    return medium
        .look(restore, scope)
        .thenCompose(
            look ->
                look.seen().isEmpty()
                    ? notSeen(first(stages), look.why())
                    : next(
                        stages.iterator(),
                        first(stages),
                        Step.done("There is nothing to do."),
                        look.seen().get()));
  }

  private static RestorePhase first(List<? extends RestoreStage<?>> stages) {
    return stages.isEmpty() ? RestorePhase.Succeeded : stages.get(0).phase();
  }

  private static CompletionStage<Stand> notSeen(RestorePhase phase, String why) {
    var waits = Step.of(new Work.Rolling(why, ASK_AGAIN));
    return CompletableFuture.completedStage(new Stand(phase, waits, Optional.empty()));
  }

  private static <S extends Seen> CompletionStage<Stand> next(
      Iterator<RestoreStage<? super S>> stages, RestorePhase phase, Step before, S now) {
    if (!stages.hasNext()) {
      return CompletableFuture.completedStage(new Stand(phase, before, Optional.of(now)));
    }
    var stage = stages.next();
    return stage
        .left(now)
        .thenCompose(
            step ->
                step.work().isSettled()
                    ? next(stages, stage.phase(), before.and(step), now)
                    : CompletableFuture.completedStage(
                        new Stand(stage.phase(), step, Optional.of(now))));
  }
}
