package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Progress.Report;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Close;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What happens to an open intent: it is closed, awaited, or its outcome recorded. */
final class Intents {
  /** How often an effect is prepared anew because its targets had changed in the meantime. */
  private static final int CONFLICT_LIMIT = 5;

  /** An effect that could not be sent within this time is not sent any more. */
  private static final Duration SEND_LIMIT = Duration.ofMinutes(2);

  /** The reason of a problem with a target that does not exist any more. */
  private static final String GONE = "TargetGone";

  private Intents() {}

  /**
   * The intent that the run's next write records.
   *
   * @param name of the action, or what stands for it in the mark
   * @param effect number of the effect under that name
   */
  static Intent next(
      RunSnapshot snapshot, Intent.Verb verb, String name, int effect, Work.ToDo todo) {
    return new Intent(
        verb,
        snapshot.run().seq() + 1,
        name,
        effect,
        snapshot.run().claim() + "/" + name + "/" + effect,
        List.of(),
        todo.targets(),
        snapshot.now().plus(SEND_LIMIT));
  }

  static Decision close(RunSnapshot snapshot) {
    var intent = snapshot.run().intent();
    if (snapshot.progress() instanceof Report report) {
      return intent.verb() == Intent.Verb.Apply
          ? applied(snapshot, report)
          : givenBack(snapshot, report);
    }
    if (snapshot.progress() instanceof Progress.InFlight) {
      return new Wait(null);
    }
    return new Close(intent, stillWanted(snapshot, intent));
  }

  private static boolean stillWanted(RunSnapshot snapshot, Intent intent) {
    var stopping =
        snapshot.deleting()
            || snapshot.run().phase() == Phase.Aborting
            || Engine.stopAsked(snapshot);
    return intent.verb() != Intent.Verb.Apply || !stopping;
  }

  private static Decision applied(RunSnapshot snapshot, Report report) {
    var holds = Holds.and(snapshot.holds(), report.held());
    var moves = new Moves(snapshot);
    var intent = snapshot.run().intent();
    var failure = failure(report, moves.actionStatus());
    if (report.unknown() != null) {
      return moves.stay(
          Reasons.OUTCOME_UNKNOWN,
          report.unknown(),
          holds,
          run ->
              run.intent(null)
                  .levels(
                      moves.withAction(
                          action ->
                              moves.ended(
                                  count(action, report, intent),
                                  Outcome.Unknown,
                                  report.unknown()))));
    }
    if (failure != null) {
      return moves.stay(
          Reasons.ACTION_FAILED,
          failure,
          holds,
          run ->
              run.intent(null)
                  .levels(
                      moves.withAction(
                          action ->
                              moves.ended(
                                  count(action, report, intent), Outcome.Failed, failure))));
    }
    return moves.stay(
        report.refused() > 0 ? Reasons.EFFECT_REFUSED : Reasons.EFFECT_APPLIED,
        said(report),
        holds,
        run -> run.intent(null).levels(moves.withAction(action -> count(action, report, intent))));
  }

  /** Why the action cannot be done; null: it can, perhaps once more. */
  private static String failure(Report report, ActionStatus action) {
    if (report.failure() != null) {
      return report.failure().message();
    }
    var conflicts = action.conflicts() + 1;
    return report.refused() == 0 || conflicts < CONFLICT_LIMIT
        ? null
        : "The targets were changed by somebody else each of the %s times the change was about to be made. Find out who changes them (metadata.managedFields), then answer Retry."
            .formatted(conflicts);
  }

  private static ActionStatus count(ActionStatus action, Report report, Intent intent) {
    return action
        .with()
        .refused(
            Stream.concat(
                    action.refused().stream(),
                    report.untouched().stream().map(target -> intent.effect() + "/" + target))
                .toList())
        .changed(action.changed() + report.applied())
        .conflicts(report.refused() > 0 ? action.conflicts() + 1 : 0)
        .build();
  }

  private static String said(Report report) {
    var words = new StringBuilder(report.applied() + " changed");
    if (report.refused() > 0) {
      words.append(", ").append(report.refused()).append(" had just been changed by somebody else");
    }
    if (report.gone() > 0) {
      words
          .append(", ")
          .append(report.gone())
          .append(report.gone() == 1 ? " does not exist any more" : " do not exist any more");
    }
    return words.append(".").toString();
  }

  /** What was released or undone; a level that puts back what it held goes on anyway. */
  private static Decision givenBack(RunSnapshot snapshot, Report report) {
    List<Hold> remaining =
        snapshot.holds().stream().filter(hold -> !report.released().contains(hold)).toList();
    var moves = new Moves(snapshot.withHolds(remaining));
    // What is gone does not need to be put back any more.
    var nothingFailed = report.failure() == null || report.failure().reason().equals(GONE);
    if (nothingFailed && report.unknown() == null) {
      return moves.stay(Reasons.EFFECT_APPLIED, said(report), remaining, run -> run.intent(null));
    }
    var why =
        "Could not give everything back: "
            + (report.unknown() == null ? report.failure().message() : report.unknown());
    if (Pausing.concerns(snapshot)) {
      // A paused run changes no phase: it is tried, and asked, when the run goes on.
      return moves.stay(Reasons.RELEASE_FAILED, why, remaining, run -> run.intent(null));
    }
    return switch (snapshot.run().phase()) {
      case Undoing ->
          moves.ask(
              Ask.UNDO_FAILED,
              Undoing.current(snapshot) == null ? null : Undoing.current(snapshot).name(),
              why,
              run -> run.intent(null));
      case Acting ->
          moves.stay(
              Reasons.RELEASE_FAILED, why, remaining, run -> run.intent(null).putBackFailed(true));
      case Aborting -> moves.stay(Reasons.RELEASE_FAILED, why, remaining, run -> run.intent(null));
      default -> moves.ask(Ask.RELEASE_FAILED, null, why, run -> run.intent(null));
    };
  }
}
