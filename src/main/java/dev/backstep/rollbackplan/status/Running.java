package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.argument.Arguments;
import dev.backstep.condition.Conditions;
import dev.backstep.effect.Work;
import dev.backstep.rollbackplan.view.PlanView;
import java.util.Optional;
import java.util.Set;

/** How the run is getting on: Reconciling, Paused, ObjectiveMissed, Contested. */
final class Running implements Says {
  private static final Set<String> CONTESTED = Set.of(Reasons.CONTESTED, Reasons.OVERWRITTEN);

  private static final String NOW = " Now: ";

  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    var run = core.run();
    if (run == null) {
      return;
    }
    if (run.active()) {
      var said =
          "Run %s: %s%s%s"
              .formatted(run.id(), run.message(), pinned(view, run), tooEarly(view, run));
      conditions.say(
          ConditionTypes.RECONCILING,
          true,
          run.phase().name(),
          said + progress(view, conditions.before(ConditionTypes.RECONCILING), said));
    }
    if (run.pausedSince() != null) {
      conditions.say(ConditionTypes.PAUSED, true, Reasons.PAUSED, paused(view, run));
    }
    if (!run.missed().isEmpty()) {
      conditions.say(
          ConditionTypes.OBJECTIVE_MISSED,
          true,
          Reasons.OBJECTIVE_MISSED,
          "Promised and not kept: %s.".formatted(String.join(", ", run.missed())));
    }
    if (CONTESTED.contains(run.reason())) {
      conditions.say(ConditionTypes.CONTESTED, true, run.reason(), run.message());
    }
  }

  /**
   * How far the action is that is waited for, where something counts that. Where that was not
   * looked at in this pass, what was said before still holds: else each pass would write the
   * status.
   */
  private static String progress(PlanView view, Optional<String> before, String said) {
    if (view.snapshot() == null) {
      return "";
    }
    if (view.snapshot().work() == null) {
      return before
          .filter(it -> it.startsWith(said + NOW))
          .map(it -> it.substring(said.length()))
          .orElse("");
    }
    return view.snapshot().work() instanceof Work.Rolling rolling
        ? rolling.progress().map((NOW + "%s.")::formatted).orElse("")
        : "";
  }

  /** The CRD refuses it, unless its rules were passed by. */
  private static String tooEarly(PlanView view, RunStatus run) {
    var wish = view.plan().getSpec().run();
    var released = wish != null && wish.id().equals(run.id()) && wish.state() == Run.State.Released;
    return released && run.endedAt() == null
        ? " State Released counts when the run has ended: let it finish, or stop it with Aborted."
        : "";
  }

  /** An edit of the plan is for the next run: that has to be said while this one goes on. */
  private static String pinned(PlanView view, RunStatus run) {
    if (view.snapshot() == null) {
      return "";
    }
    var pinned = view.snapshot().plan();
    var now = Arguments.resolve(view.plan().getSpec(), pinned.run()).carriedOut();
    return pinned.withRun(null).equals(now.withRun(null))
        ? ""
        : " The plan was edited since: this run uses it as it was at %s, the next one as it is now."
            .formatted(run.startedAt());
  }

  private static String paused(PlanView view, RunStatus run) {
    return "Paused in phase %s since %s. Nothing more is begun.%s"
        .formatted(run.phase(), run.pausedSince(), Commands.state(view, "Running"));
  }
}
