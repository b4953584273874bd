package dev.backstep.rollbackplan.watch;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.resource.Wakeups;
import jakarta.enterprise.context.ApplicationScoped;

/** Wakes plans. */
@ApplicationScoped
public class PlanWakeups extends Wakeups<RollbackPlan> {}
