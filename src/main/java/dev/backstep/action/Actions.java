package dev.backstep.action;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import dev.backstep.union.Union;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** All kinds of action, each found by its record class. */
@ApplicationScoped
public class Actions {
  private final Union<ActionExecutor<Object>> executors;

  public Actions(@All List<ActionExecutor<?>> executors) {
    this.executors = new Union<>(executors, ActionExecutor::type);
  }

  /** What kind of action this is, such as rollBack. */
  public String type(Action action) {
    return executors.name(action);
  }

  /** The workloads that an action touches. */
  public List<WorkloadRef> targets(Action action) {
    return executors.ask(action, (executor, it) -> executor.targets(it));
  }

  /** The workloads that a plan's actions touch, each once. */
  public List<WorkloadRef> targets(RollbackPlanSpec plan) {
    return plan.allActions().flatMap(action -> targets(action).stream()).distinct().toList();
  }

  /** The rights that an action needs. */
  public List<Right> rights(Action action, ActionScope scope) {
    return executors.ask(action, (executor, it) -> executor.rights(it, scope));
  }

  /** What would keep an action from working now. */
  public CompletionStage<List<Problem>> preflight(Action action, ActionScope scope) {
    return executors.ask(action, (executor, it) -> executor.preflight(it, scope));
  }

  /** What kind of thing an action does. */
  public Traits traits(Action action) {
    return executors.ask(action, (executor, it) -> executor.traits(it));
  }

  /** What an action would do beyond what the plan says; an approval is about this too. */
  public CompletionStage<List<String>> pins(Action action, ActionScope scope) {
    return executors.ask(action, (executor, it) -> executor.pins(it, scope));
  }

  /** Everything that an action would change now. */
  public CompletionStage<Step> preview(Action action, ActionScope scope) {
    return executors.ask(action, (executor, it) -> executor.preview(it, scope));
  }

  /** What an action has to know later of the world as it is when a run begins. */
  public Optional<JsonNode> atStart(Action action, ActionScope scope) {
    return executors.ask(action, (executor, it) -> executor.atStart(it, scope));
  }

  /** What is left of an action. */
  public CompletionStage<Step> next(Action action, ActionScope scope) {
    return executors.ask(action, (executor, it) -> executor.next(it, scope));
  }

  /** What is left of giving or putting back what an action did. */
  public CompletionStage<Step> back(Action action, Taken taken, ActionScope scope) {
    return executors.ask(action, (executor, it) -> executor.back(it, taken, scope));
  }

  /** What is left of ending what an action has going on. */
  public Step stop(Action action, ActionScope scope) {
    return executors.ask(action, (executor, it) -> executor.stop(it, scope));
  }
}
