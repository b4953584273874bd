package dev.backstep.rollbackplan.watch;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.cluster.WorkloadTypes;
import dev.backstep.config.BackstepConfig;
import dev.backstep.gate.Probes;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
import java.util.List;

/** Watches nothing: every kind is there from the beginning. */
public final class SimulatedWorkloadEvents extends WorkloadEvents {
  public SimulatedWorkloadEvents(
      Actions actions, Probes probes, WorkloadTypes types, BackstepConfig config, Clock clock) {
    super(actions, probes, types, config, clock, List.of());
  }

  @Override
  public void serve(RollbackPlan plan, Context<RollbackPlan> running) {}
}
