package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.effect.EffectRecords;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Progress.Report;
import dev.backstep.effect.Target;
import dev.backstep.problem.Problem;
import dev.backstep.runbook.Decision.Close;
import dev.backstep.runbook.Decision.Wait;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What happens to an open intent: it is closed, awaited, or its outcome recorded. */
final class Intents {
  /** How often an effect is prepared anew because its targets had changed in the meantime. */
  private static final int CONFLICT_LIMIT = 5;

  /** The reason of a problem with a target that does not exist any more. */
  private static final String GONE = "TargetGone";

  private Intents() {}

  static Decision close(RunSnapshot snapshot) {
    var intent = snapshot.run().intent();
    if (snapshot.progress() instanceof Report report) {
      return ended(snapshot, report);
    }
    if (snapshot.progress() instanceof Progress.InFlight) {
      return new Wait(null);
    }
    if (snapshot.progress() instanceof Progress.NotKnown notKnown && Undecided.givenUp(snapshot)) {
      return ended(snapshot, notKnown.soFar());
    }
    return new Close(intent, stillWanted(snapshot, intent));
  }

  private static Decision ended(RunSnapshot snapshot, Report report) {
    return snapshot.run().intent().verb() == Intent.Verb.Apply
        ? applied(snapshot, report)
        : givenBack(snapshot, report);
  }

  private static boolean stillWanted(RunSnapshot snapshot, Intent intent) {
    var stopping =
        snapshot.deleting()
            || snapshot.run().phase() == Phase.Aborting
            || Engine.stopAsked(snapshot);
    return intent.verb() != Intent.Verb.Apply || !stopping;
  }

  private static Decision applied(RunSnapshot snapshot, Report report) {
    var moves = new Moves(snapshot);
    var action =
        EffectRecords.with(moves.actionStatus(), snapshot.run().intent(), snapshot.now(), report);
    var unknown = unknown(report);
    if (unknown != null) {
      return applied(
          snapshot,
          report,
          Reasons.OUTCOME_UNKNOWN,
          unknown,
          moves.ended(action, ActionStatus.Outcome.Unknown, unknown));
    }
    var failure = failure(report, action);
    if (failure != null) {
      return applied(
          snapshot,
          report,
          Reasons.ACTION_FAILED,
          failure,
          moves.ended(action, ActionStatus.Outcome.Failed, failure));
    }
    var refused = report.count(Outcome.Refused.class) > 0;
    return applied(
        snapshot,
        report,
        refused ? Reasons.EFFECT_REFUSED : Reasons.EFFECT_APPLIED,
        EffectRecords.said(report),
        action);
  }

  private static Decision applied(
      RunSnapshot snapshot, Report report, String reason, String message, ActionStatus action) {
    var moves = new Moves(snapshot);
    return moves.stay(
        reason,
        message,
        Holds.and(remaining(snapshot, report), report.held()),
        run -> run.intent(null).levels(moves.withAction(before -> action)));
  }

  /** Without those that are off their targets: an action may give back itself what it held. */
  private static List<Hold> remaining(RunSnapshot snapshot, Report report) {
    return snapshot.holds().stream().filter(hold -> !report.released().contains(hold)).toList();
  }

  /** What nobody can find out; null: everything is known. */
  private static String unknown(Report report) {
    return report.lost() != null
        ? report.lost()
        : report
            .ended(Outcome.Unknown.class)
            .map(Outcome.Unknown::message)
            .findFirst()
            .orElse(null);
  }

  /** Why the action cannot be done; null: it can, perhaps once more. */
  private static String failure(Report report, ActionStatus action) {
    var problem = problem(report);
    if (problem.isPresent()) {
      return problem.get().message();
    }
    return action.conflicts() < CONFLICT_LIMIT
        ? null
        : "The targets were changed by somebody else each of the %s times the change was about to be made. Find out who changes them (metadata.managedFields), then answer Retry."
            .formatted(action.conflicts());
  }

  /** What does not exist cannot be repaired; but it needs no release any more. */
  private static Optional<Problem> problem(Report report) {
    return report.results().stream()
        .flatMap(
            result -> {
              if (result.outcome() instanceof Outcome.Failed failed) {
                return Stream.of(failed.problem());
              }
              return result.outcome() instanceof Outcome.Gone && result.givesBack() == null
                  ? Stream.of(gone(result.target()))
                  : Stream.empty();
            })
        .findFirst();
  }

  private static Problem gone(Target target) {
    return new Problem(
        GONE, "%s does not exist any more. Create it again first.".formatted(target));
  }

  /** The claim of the run whose action is taken back. */
  static String owner(RunSnapshot snapshot, Intent.Verb verb) {
    var given = Holds.together(Holds.givingBack(snapshot));
    return verb == Intent.Verb.Release && !given.isEmpty()
        ? given.get(0).claim()
        : snapshot.run().claim();
  }

  /** What was released or undone; a level that puts back what it held goes on anyway. */
  private static Decision givenBack(RunSnapshot snapshot, Report report) {
    var remaining = remaining(snapshot, report);
    var moves = new Moves(snapshot.withHolds(remaining));
    var taken =
        moves.takenBack(
            owner(snapshot, snapshot.run().intent().verb()),
            snapshot.run().intent().action(),
            it -> EffectRecords.with(it, snapshot.run().intent(), snapshot.now(), report));
    UnaryOperator<RunStatusBuilder> closed =
        run -> run.intent(null).levels(taken.levels()).earlier(taken.earlier());
    // What is gone does not need to be put back any more.
    var failure = problem(report).filter(problem -> !problem.reason().equals(GONE));
    var unknown = unknown(report);
    if (failure.isEmpty() && unknown == null) {
      return moves.stay(Reasons.EFFECT_APPLIED, EffectRecords.said(report), remaining, closed);
    }
    var problem = unknown == null ? failure.get().message() : unknown;
    if (snapshot.run().intent().verb() == Intent.Verb.Stop) {
      return moves.stay(
          Reasons.RELEASE_FAILED, "Could not stop it: %s".formatted(problem), remaining, closed);
    }
    var why = "Could not give everything back: %s".formatted(problem);
    if (Pausing.concerns(snapshot)) {
      // A paused run changes no phase: it is tried, and asked, when the run goes on.
      return moves.stay(Reasons.RELEASE_FAILED, why, remaining, closed);
    }
    return switch (snapshot.run().phase()) {
      case Undoing ->
          moves.ask(
              unknown == null ? Ask.UNDO_FAILED : Ask.UNDO_UNKNOWN,
              Undoing.current(snapshot) == null ? null : Undoing.current(snapshot).name(),
              why,
              closed);
      case Acting, Aborting ->
          moves.stay(
              Reasons.RELEASE_FAILED, why, remaining, run -> closed.apply(run).putBackFailed(true));
      default ->
          moves.ask(unknown == null ? Ask.RELEASE_FAILED : Ask.RELEASE_UNKNOWN, null, why, closed);
    };
  }
}
