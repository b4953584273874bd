package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.api.v1alpha1.value.Notification.Event;
import dev.backstep.notification.News;
import dev.backstep.notification.Notice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What of a run's steps people are told. */
public final class PlanNotices {
  private final List<Notice> notices = new ArrayList<>();

  /** The step before, of the same run; null: this is the first that is known. */
  private Transition before;

  /** The last level that was reached; null: none. */
  private String reached;

  private PlanNotices() {}

  /** All that is to be told of a plan with this status. */
  public static News of(RollbackPlan plan, RollbackPlanStatus status) {
    var to = plan.getSpec().notifications();
    return News.of(
        plan,
        plan.getSpec().serviceAccountName(),
        to,
        to.isEmpty() ? List.of() : notices(status),
        status.told(),
        status.run() != null && status.run().phase().isOpen());
  }

  /** A dry run changes nothing, so it is no news. */
  static List<Notice> notices(RollbackPlanStatus status) {
    var dry =
        Optional.ofNullable(status.run())
            .filter(run -> run.mode() == Run.Mode.DryRun)
            .map(RunStatus::claim);
    var made = new PlanNotices();
    status.transitions().stream()
        .filter(step -> dry.filter(step.claim()::equals).isEmpty())
        .forEach(made::add);
    return List.copyOf(made.notices);
  }

  private void add(Transition step) {
    if (before != null && !before.claim().equals(step.claim())) {
      before = null;
      reached = null;
    }
    event(step).map(event -> notice(event, step)).ifPresent(notices::add);
    if (step.phase() == Phase.Acting) {
      reached = step.level();
    }
    before = step;
  }

  /** What a step is for people; empty: nothing that they have to know. */
  private Optional<Event> event(Transition step) {
    if (before == null) {
      // Of a long run the first steps are not kept.
      return step.seq() == 1 ? Optional.of(Event.Started) : Optional.empty();
    }
    if (step.reason().equals(Reasons.OBJECTIVE_MISSED)) {
      return Optional.of(Event.ObjectiveMissed);
    }
    return switch (step.phase()) {
      case AwaitingApproval -> isDue(step);
      case AwaitingAnswer -> isNew(step);
      case Acting ->
          Objects.equals(reached, step.level())
              ? Optional.empty()
              : Optional.of(Event.LevelReached);
      default ->
          step.phase().isOpen() || before.phase() == step.phase()
              ? Optional.empty()
              : Optional.of(Event.Ended);
    };
  }

  private Optional<Event> isDue(Transition step) {
    return before.phase() != step.phase() || step.reason().equals(Reasons.APPROVAL_OVERDUE)
        ? Optional.of(Event.ApprovalWanted)
        : Optional.empty();
  }

  /** One question may follow another. */
  private Optional<Event> isNew(Transition step) {
    return before.phase() == step.phase() && before.reason().equals(step.reason())
        ? Optional.empty()
        : Optional.of(Event.AnswerWanted);
  }

  private static Notice notice(Event event, Transition step) {
    return new Notice(
        event,
        step.run(),
        step.claim(),
        step.seq(),
        step.at(),
        step.phase().name(),
        step.level(),
        step.reason(),
        step.message());
  }
}
