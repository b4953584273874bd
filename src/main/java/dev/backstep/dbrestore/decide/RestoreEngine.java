package dev.backstep.dbrestore.decide;

import dev.backstep.api.v1alpha1.DbRestoreSpec.State;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.dbrestore.decide.Decision.Wait;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides what a restore does next. What is left of it is seen from the world; what is decided here
 * is only when it begins, whom it waits for, and how it ends.
 */
public final class RestoreEngine {
  /** The name of what a restore does, in marks and in the ledgers of those whom it keeps off. */
  public static final String ACTION = "restore";

  private static final List<Function<RestoreSnapshot, Optional<? extends Decision>>> RULES =
      List.of(
          RestoreEngine::begin,
          Sending::decide,
          RestoreEngine::wish,
          RestoreEngine::late,
          Agreeing::decide,
          RestoreWork::decide);

  private RestoreEngine() {}

  /** What is to be done next. */
  public static Decision decide(RestoreSnapshot snapshot) {
    return RULES.stream()
        .flatMap(rule -> rule.apply(snapshot).stream())
        .findFirst()
        .<Decision>map(decision -> decision)
        .orElseGet(Wait::new);
  }

  private static Optional<Decision> begin(RestoreSnapshot snapshot) {
    if (snapshot.run() != null) {
      return Optional.empty();
    }
    return switch (snapshot.wish()) {
      case Running -> Optional.of(snapshot.ready() ? Steps.begun(snapshot) : new Wait());
      case Suspended -> Optional.of(new Wait());
      case Aborted, Undone ->
          snapshot.phase() == RestorePhase.Aborted
              ? Optional.of(new Wait())
              : Optional.of(Steps.neverBegun(snapshot));
    };
  }

  private static Optional<Decision> wish(RestoreSnapshot snapshot) {
    var phase = snapshot.phase();
    var stop = snapshot.wish() == State.Aborted || snapshot.wish() == State.Undone;
    if (!stop || phase == RestorePhase.Stopping || phase.isReplacing()) {
      return Optional.empty();
    }
    if (phase.isOpen() && snapshot.run().replacedAt() == null) {
      return Optional.of(
          Steps.stopping(
              snapshot,
              RestorePhase.Aborted,
              Reasons.ABORTED,
              "%s asked to stop.".formatted(snapshot.wishBy())));
    }
    return snapshot.wish() == State.Undone ? undo(snapshot) : acceptHalf(snapshot);
  }

  private static Optional<Decision> undo(RestoreSnapshot snapshot) {
    var kept = snapshot.phase() == RestorePhase.Succeeded && snapshot.run().keptUntil() != null;
    return kept || snapshot.phase() == RestorePhase.HalfRestored
        ? Agreeing.undo(snapshot)
        : Optional.empty();
  }

  /** Who keeps half a restore has those back who were kept off it. */
  private static Optional<Decision> acceptHalf(RestoreSnapshot snapshot) {
    return snapshot.phase() == RestorePhase.HalfRestored && !snapshot.run().holds().isEmpty()
        ? Optional.of(
            Steps.stopping(
                snapshot,
                RestorePhase.HalfRestored,
                Reasons.ACCEPTED_BY_HUMAN,
                "%s keeps the data as it is.".formatted(snapshot.wishBy())))
        : Optional.empty();
  }

  private static Optional<Decision> late(RestoreSnapshot snapshot) {
    var phase = snapshot.phase();
    var counts =
        phase.isOpen()
            && !phase.isReplacing()
            && phase != RestorePhase.AwaitingApproval
            && phase != RestorePhase.Stopping;
    return counts && !snapshot.now().isBefore(snapshot.limit())
        ? Optional.of(
            Steps.stopping(
                snapshot,
                RestorePhase.Failed,
                Reasons.TIMED_OUT,
                "It was not done within %s, in phase %s: %s"
                    .formatted(
                        snapshot.spec().timeout(),
                        phase,
                        snapshot
                            .due()
                            .map(due -> due.step().work().message())
                            .orElse("it is not known what it waits for."))))
        : Optional.empty();
  }
}
