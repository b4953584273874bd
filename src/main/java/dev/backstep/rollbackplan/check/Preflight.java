package dev.backstep.rollbackplan.check;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.cluster.Access;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Permissions;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.notification.Notifier;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Preflights;
import dev.backstep.resource.Together;
import dev.backstep.rollbackplan.view.Checks;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks everything that can be known before it is tried. */
@ApplicationScoped
public class Preflight {
  /** No action may take longer to say what is in its way. */
  private static final Duration LIMIT = Duration.ofSeconds(50);

  private final Actions actions;
  private final GateChecks gates;
  private final ApproverChecks approvers;
  private final TargetChecks targets;
  private final Notifier notifier;
  private final Access access;

  public Preflight(
      Actions actions,
      GateChecks gates,
      ApproverChecks approvers,
      TargetChecks targets,
      Notifier notifier,
      Access access) {
    this.actions = actions;
    this.gates = gates;
    this.approvers = approvers;
    this.targets = targets;
    this.notifier = notifier;
    this.access = access;
  }

  /** What is found of every level and gate of a plan, checked now. */
  CompletionStage<Checks> ofAll(
      RollbackPlan plan,
      RollbackPlanSpec spec,
      Function<Action, ActionScope> scopes,
      GateScope scope) {
    var permissions = permissions(plan, spec);
    var levels =
        Together.named(
            spec.levels().stream()
                .collect(Collectors.toMap(Level::name, level -> of(level, permissions, scopes))));
    var doubts =
        Stream.of(
                gates.doubts(spec.gates()),
                permissions.doubts(rights(spec.allActions(), scopes)),
                targets.doubts(plan, spec))
            .flatMap(List::stream)
            .toList();
    return levels
        .thenCombine(approvers.problems(plan, spec), Preflight::both)
        .thenCombine(
            gates.problems(spec.gates(), permissions, scope),
            (ofLevels, ofGates) -> new Checks(ofLevels, ofGates, doubts))
        .thenCombine(notifier.problems(spec.notifications(), author(plan, spec)), Checks::doubting);
  }

  private static Author author(RollbackPlan plan, RollbackPlanSpec spec) {
    return new Author(plan.getMetadata().getNamespace(), spec.serviceAccountName());
  }

  private static Map<String, List<Problem>> both(
      Map<String, List<Problem>> some, Map<String, List<Problem>> more) {
    more.forEach(
        (level, problems) ->
            some.merge(
                level,
                problems,
                (first, second) -> Stream.concat(first.stream(), second.stream()).toList()));
    return some;
  }

  /** Problems of one level, checked now. */
  public CompletionStage<List<Problem>> of(
      RollbackPlan plan, RollbackPlanSpec spec, Level level, Function<Action, ActionScope> scopes) {
    return of(level, permissions(plan, spec), scopes);
  }

  private Permissions permissions(RollbackPlan plan, RollbackPlanSpec spec) {
    return access.of(plan.getMetadata().getNamespace(), spec.serviceAccountName());
  }

  private CompletionStage<List<Problem>> of(
      Level level, Permissions permissions, Function<Action, ActionScope> scopes) {
    var denied = permissions.problems(rights(level.actions().stream(), scopes));
    return Together.all(level.actions().stream().map(action -> of(action, scopes.apply(action))))
        .thenApply(
            impossible -> Stream.concat(denied.stream(), impossible.stream()).distinct().toList());
  }

  private List<Right> rights(Stream<Action> of, Function<Action, ActionScope> scopes) {
    return of.flatMap(action -> actions.rights(action, scopes.apply(action)).stream()).toList();
  }

  private CompletionStage<List<Problem>> of(Action action, ActionScope scope) {
    return Preflights.within(
        LIMIT,
        "whether action %s can be carried out".formatted(action.name()),
        actions.preflight(action, scope));
  }
}
