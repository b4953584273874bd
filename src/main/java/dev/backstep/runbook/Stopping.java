package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Ends what an action has going on by itself, before the run goes on without it. */
public final class Stopping {
  /** For so long it is waited for. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Set<How> IN_VAIN = EnumSet.of(How.Failed, How.Unknown);

  private static final Set<ActionStatus.Outcome> NOT_WELL =
      EnumSet.of(
          ActionStatus.Outcome.Failed,
          ActionStatus.Outcome.Contested,
          ActionStatus.Outcome.NotObserved);

  private Stopping() {}

  /** True when there is a current action, which may have something going on. */
  public static boolean mayGoOn(RunSnapshot snapshot) {
    var run = snapshot.run();
    return run.level() != null && run.action() != null && !snapshot.allActed();
  }

  /** True when the current action has ended, or is left, and may still have something going on. */
  public static boolean isDue(RunSnapshot snapshot) {
    if (!mayGoOn(snapshot)) {
      return false;
    }
    var outcome = new Moves(snapshot).actionStatus().outcome();
    return snapshot.run().leaving() != null || outcome != null && NOT_WELL.contains(outcome);
  }

  /**
   * Ends what the current action has going on.
   *
   * @param since when it was to end
   * @param then what follows, with what could not be stopped: a sentence, or nothing
   */
  static Decision then(RunSnapshot snapshot, Instant since, Function<String, Decision> then) {
    var work = snapshot.work();
    if (work == null) {
      return new Wait(null);
    }
    var notStopped = notStopped(new Moves(snapshot).actionStatus());
    return work.isSettled() || !notStopped.isEmpty()
        ? then.apply(notStopped)
        : PuttingBack.effort(
            snapshot,
            Intent.Verb.Stop,
            snapshot.action().name(),
            since.plus(LIMIT),
            why -> then.apply(" Not stopped: %s".formatted(why)));
  }

  /** What was tried, and could not be stopped, or of which nobody knows whether it was. */
  private static String notStopped(ActionStatus action) {
    var targets =
        action.sent().stream()
            .filter(effect -> effect.verb() == Intent.Verb.Stop)
            .filter(effect -> effect.attempt().equals(action.attempt()))
            .map(EffectStatus::results)
            .flatMap(results -> results.stream().filter(it -> IN_VAIN.contains(it.how())))
            .map(EffectResult::target)
            .map(target -> Objects.requireNonNullElse(target, action.name()))
            .distinct()
            .collect(Collectors.joining(", "));
    return targets.isEmpty() ? "" : " Not stopped: %s.".formatted(targets);
  }
}
