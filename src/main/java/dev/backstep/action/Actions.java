package dev.backstep.action;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.value.Task;
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
  public String type(Task task) {
    return executors.name(task.union());
  }

  /** The workloads that an action touches. */
  public List<WorkloadRef> targets(Task task) {
    return executors.ask(task.union(), (executor, it) -> executor.targets(it));
  }

  /** The workloads that a plan's actions touch, each once. */
  public List<WorkloadRef> targets(RollbackPlanSpec plan) {
    return plan.allActions().flatMap(action -> targets(action).stream()).distinct().toList();
  }

  /** The rights that an action needs. */
  public List<Right> rights(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.rights(it, scope));
  }

  /** What would keep an action from working now. */
  public CompletionStage<List<Problem>> preflight(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.preflight(it, scope));
  }

  /** What kind of thing an action does. */
  public Traits traits(Task task) {
    return executors.ask(task.union(), (executor, it) -> executor.traits(it));
  }

  /** What an action would do beyond what the plan says; an approval is about this too. */
  public CompletionStage<List<String>> pins(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.pins(it, scope));
  }

  /** Which database an action changes or copies; empty: none, or nobody can tell. */
  public CompletionStage<Optional<String>> database(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.database(it, scope));
  }

  /** What is left of making an action ready, before people are asked. */
  public CompletionStage<Step> prepare(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.prepare(it, scope));
  }

  /** What an action does, in its own words, where its targets say less. */
  public Optional<String> says(Task task) {
    return executors.ask(task.union(), (executor, it) -> executor.says(it));
  }

  /** Everything that an action would change now. */
  public CompletionStage<Step> preview(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.preview(it, scope));
  }

  /** What an action has to know later of the world as it is when a run begins. */
  public Optional<JsonNode> atStart(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.atStart(it, scope));
  }

  /** What is left of an action. */
  public CompletionStage<Step> next(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.next(it, scope));
  }

  /** What is left of giving or putting back what an action did. */
  public CompletionStage<Step> back(Task task, Taken taken, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.back(it, taken, scope));
  }

  /** What is left of ending what an action has going on. */
  public Step stop(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.stop(it, scope));
  }

  /** What is still on its way after everything that an action held was given back. */
  public Step comingBack(Task task, ActionScope scope) {
    return executors.ask(task.union(), (executor, it) -> executor.comingBack(it, scope));
  }
}
