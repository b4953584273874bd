package dev.backstep.action;

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
import java.util.concurrent.CompletionStage;

/** All kinds of action, each found by its record class. */
@ApplicationScoped
public class Actions {
  private final Union<ActionExecutor<?>> executors;

  public Actions(@All List<ActionExecutor<?>> executors) {
    this.executors = new Union<>(executors, ActionExecutor::type);
  }

  /** What kind of action this is, such as rollBack. */
  public String type(Action action) {
    return executors.memberOf(action).name();
  }

  /** The workloads that an action touches. */
  public List<WorkloadRef> targets(Action action) {
    return bound(action).targets();
  }

  /** The workloads that a plan's actions touch, each once. */
  public List<WorkloadRef> targets(RollbackPlanSpec plan) {
    return plan.allActions().flatMap(action -> targets(action).stream()).distinct().toList();
  }

  /** The rights that an action needs. */
  public List<Right> rights(Action action, ActionScope scope) {
    return bound(action).rights(scope);
  }

  /** What would keep an action from working now. */
  public List<Problem> preflight(Action action, ActionScope scope) {
    return bound(action).preflight(scope);
  }

  /** What kind of thing an action does. */
  public Traits traits(Action action) {
    return bound(action).traits();
  }

  /** What an action would do beyond what the plan says; an approval is about this too. */
  public List<String> pins(Action action, ActionScope scope) {
    return bound(action).pins(scope);
  }

  /** Everything that an action would change now. */
  public CompletionStage<Step> preview(Action action, ActionScope scope) {
    return bound(action).preview(scope);
  }

  /** What is left of an action. */
  public CompletionStage<Step> next(Action action, ActionScope scope) {
    return bound(action).next(scope);
  }

  /** What is left of giving or putting back what an action did. */
  public CompletionStage<Step> back(Action action, Taken taken, ActionScope scope) {
    return bound(action).back(taken, scope);
  }

  /** What is left of ending what an action has going on. */
  public Step stop(Action action, ActionScope scope) {
    return bound(action).stop(scope);
  }

  @SuppressWarnings("unchecked")
  private Bound<?> bound(Action action) {
    var member = executors.memberOf(action);
    return new Bound<>((ActionExecutor<Object>) member.handler(), member.value());
  }

  private record Bound<A>(ActionExecutor<A> executor, A action) {
    List<WorkloadRef> targets() {
      return executor.targets(action);
    }

    List<Right> rights(ActionScope scope) {
      return executor.rights(action, scope);
    }

    List<Problem> preflight(ActionScope scope) {
      return executor.preflight(action, scope);
    }

    Traits traits() {
      return executor.traits(action);
    }

    List<String> pins(ActionScope scope) {
      return executor.pins(action, scope);
    }

    CompletionStage<Step> preview(ActionScope scope) {
      return executor.preview(action, scope);
    }

    CompletionStage<Step> next(ActionScope scope) {
      return executor.next(action, scope);
    }

    Step stop(ActionScope scope) {
      return executor.stop(action, scope);
    }

    CompletionStage<Step> back(Taken taken, ActionScope scope) {
      return executor.back(action, taken, scope);
    }
  }
}
