package dev.backstep.rollbackplan.scope;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Holder;
import dev.backstep.action.PlanFacts;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Stable;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.DrillStatus;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.argument.Arguments;
import dev.backstep.claim.Claim;
import dev.backstep.effect.Author;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What actions, and the items of a run, may know of it. */
@ApplicationScoped
public class ActionScopes {
  private final Actions actions;
  private final PlanConsents consents;

  public ActionScopes(Actions actions, PlanConsents consents) {
    this.actions = actions;
    this.consents = consents;
  }

  /** What an action may know of the run it belongs to; without a claim: of no run. */
  public Function<Action, ActionScope> of(
      RollbackPlan plan, RunStatus run, Instant now, Claim<RollbackPlanSpec> claim) {
    var pinned = claim == null ? plan.getSpec() : claim.pinned();
    var author = new Author(plan.getMetadata().getNamespace(), pinned.serviceAccountName());
    var args = args(plan, claim);
    return action -> {
      var status = status(run, action);
      return new ActionScope(
          author,
          holder(plan, run, action),
          now,
          run == null || run.levelSince() == null ? now : run.levelSince(),
          args,
          Durations.of(action.timeout()),
          status.flatMap(ActionStatus::timedFrom),
          Optional.empty(),
          status.map(ActionStatus::attempt).orElse(1),
          status.map(ActionStatus::effects).orElse(List.of()),
          PlanView.statusOf(plan).holds(),
          Optional.ofNullable(claim).flatMap(it -> it.atStart(action.name())),
          new PlanFacts(
              PlanView.statusOf(plan).stable(),
              claim == null ? null : claim.pinned().run().since(),
              Optional.ofNullable(pinned.stable()).map(Stable::schema),
              answers(plan, run, status),
              drill(claim),
              Optional.ofNullable(pinned.drillWithin()).map(Durations::of),
              drilledAt(plan, action)),
          false);
    };
  }

  private static Optional<Instant> drilledAt(RollbackPlan plan, Action action) {
    return PlanView.statusOf(plan).drills().stream()
        .filter(drill -> drill.action().equals(action.name()))
        .map(DrillStatus::at)
        .findFirst();
  }

  private static boolean drill(Claim<RollbackPlanSpec> claim) {
    return claim != null && claim.pinned().run().mode() == Run.Mode.Drill;
  }

  private Holder holder(RollbackPlan plan, RunStatus run, Action action) {
    return new Holder(
        plan.getKind(),
        plan.getMetadata().getName(),
        run == null ? null : run.id(),
        run == null ? null : run.claim(),
        action.name(),
        actions.type(action));
  }

  private static Map<String, String> args(RollbackPlan plan, Claim<RollbackPlanSpec> claim) {
    return claim == null
        ? Arguments.values(plan.getSpec(), null)
        : Arguments.values(claim.pinned(), claim.pinned().run());
  }

  /** What is known of an action of the run; empty: it was not begun. */
  private static Optional<ActionStatus> status(RunStatus run, Action action) {
    return Stream.ofNullable(run)
        .flatMap(RunStatus::actions)
        .filter(status -> status.name().equals(action.name()))
        .findFirst();
  }

  /** To gates: from when the gate was asked, or began to be measured. */
  public ItemAnswers answers(RollbackPlan plan, RunStatus run) {
    var measured = run.measuringSince() == null ? run.startedAt() : run.measuringSince();
    return item ->
        consents.answer(plan, run, item, item.equals(run.asking()) ? run.askedAt() : measured);
  }

  /** To an action: from when it was begun, or begun again. */
  private ItemAnswers answers(RollbackPlan plan, RunStatus run, Optional<ActionStatus> action) {
    return action
        .filter(status -> status.startedAt() != null)
        .map(ActionStatus::attemptAt)
        .<ItemAnswers>map(since -> item -> consents.answer(plan, run, item, since))
        .orElse(ItemAnswers.NONE);
  }
}
