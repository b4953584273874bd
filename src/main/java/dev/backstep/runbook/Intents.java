package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ActionStatus;
import dev.backstep.api.v1alpha1.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.api.v1alpha1.Intent;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.runbook.Decision.Close;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.runbook.Effect.Report;
import java.util.List;
import java.util.stream.Stream;

/** What happens to an open intent: it is closed, awaited, or its outcome recorded. */
final class Intents {
  /** So often an effect is prepared anew because its targets had changed meanwhile. */
  private static final int CONFLICT_LIMIT = 5;

  private Intents() {}

  static Decision close(RunSnapshot snapshot) {
    var intent = snapshot.run().intent();
    if (snapshot.effect() instanceof Report report) {
      return intent.verb() == Intent.Verb.Apply
          ? applied(snapshot, report)
          : released(snapshot, report);
    }
    if (snapshot.effect() instanceof Effect.InFlight) {
      return new Wait(null);
    }
    return new Close(intent, stillWanted(snapshot, intent));
  }

  private static boolean stillWanted(RunSnapshot snapshot, Intent intent) {
    var stopping =
        snapshot.deleting()
            || snapshot.run().phase() == Phase.Aborting
            || Engine.wishes(snapshot, Run.State.Aborted);
    return intent.verb() == Intent.Verb.Release || !stopping;
  }

  private static Decision applied(RunSnapshot snapshot, Report report) {
    var holds =
        Stream.concat(snapshot.holds().stream(), report.held().stream()).distinct().toList();
    var steps = new Steps(snapshot);
    var failure = failure(report, steps.actionStatus());
    if (failure != null) {
      return steps.stay(
          Reasons.ACTION_FAILED,
          failure,
          holds,
          run ->
              run.intent(null)
                  .levels(
                      steps.withAction(
                          action -> steps.ended(count(action, report), Outcome.Failed, failure))));
    }
    return steps.stay(
        report.refused() > 0 ? Reasons.EFFECT_REFUSED : Reasons.EFFECT_APPLIED,
        said(report),
        holds,
        run -> run.intent(null).levels(steps.withAction(action -> count(action, report))));
  }

  /** Why the action cannot be done; null: it can, perhaps once more. */
  private static String failure(Report report, ActionStatus action) {
    if (report.failure() != null) {
      return report.failure().message();
    }
    var conflicts = action.conflicts() + 1;
    return report.refused() == 0 || conflicts < CONFLICT_LIMIT
        ? null
        : "The targets were changed by somebody else each of the "
            + conflicts
            + " times the change was about to be made. Find out who changes them"
            + " (metadata.managedFields), then answer Retry.";
  }

  private static ActionStatus count(ActionStatus action, Report report) {
    return action
        .with()
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
      words.append(", ").append(report.gone()).append(" do not exist any more");
    }
    return words.append(".").toString();
  }

  private static Decision released(RunSnapshot snapshot, Report report) {
    List<Hold> left =
        snapshot.holds().stream().filter(hold -> !report.released().contains(hold)).toList();
    var steps = new Steps(snapshot.withHolds(left));
    if (report.failure() != null) {
      return steps.ask(
          Ask.RELEASE_FAILED,
          "Could not give everything back: " + report.failure().message(),
          run -> run.intent(null));
    }
    return steps.stay(Reasons.EFFECT_APPLIED, said(report), left, run -> run.intent(null));
  }
}
