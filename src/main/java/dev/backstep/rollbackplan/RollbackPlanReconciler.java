package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.memory.Memories;
import dev.backstep.resource.Pages;
import dev.backstep.resource.RelevantUpdates;
import dev.backstep.resource.Rest;
import dev.backstep.resource.Seats;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.rollbackplan.watch.PlanApprovals;
import dev.backstep.rollbackplan.watch.PlanCache;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import dev.backstep.rollbackplan.watch.WorkloadEvents;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Hands a plan to the loop, and the loop's pause to the SDK. */
@ControllerConfiguration(
    name = RollbackPlanReconciler.NAME,
    finalizerName = "backstep.dev/rollbackplan",
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = RelevantUpdates.class, informerListLimit = Pages.SIZE))
public class RollbackPlanReconciler implements Reconciler<RollbackPlan>, Cleaner<RollbackPlan> {
  static final String NAME = "rollbackplan";

  private static final Logger LOG = Logger.getLogger(RollbackPlanReconciler.class);

  private final PlanLoop loop;
  private final UnreadablePlans unreadable;
  private final WorkloadEvents workloads;
  private final PlanApprovals approvals;
  private final PlanWakeups wakeups;
  private final PlanCache plans;
  private final Deletion deletion;
  private final Memories memories;
  private final Seats seats;

  public RollbackPlanReconciler(
      PlanLoop loop,
      UnreadablePlans unreadable,
      WorkloadEvents workloads,
      PlanApprovals approvals,
      PlanWakeups wakeups,
      PlanCache plans,
      Deletion deletion,
      Memories memories,
      Seats seats) {
    this.loop = loop;
    this.unreadable = unreadable;
    this.workloads = workloads;
    this.approvals = approvals;
    this.wakeups = wakeups;
    this.plans = plans;
    this.deletion = deletion;
    this.memories = memories;
    this.seats = seats;
  }

  @Override
  public List<EventSource<?, RollbackPlan>> prepareEventSources(
      EventSourceContext<RollbackPlan> context) {
    plans.prepare(context);
    var sources = new ArrayList<>(workloads.eventSources(context));
    sources.add(approvals.eventSource(context));
    sources.add(wakeups.eventSource());
    return sources;
  }

  @Override
  public UpdateControl<RollbackPlan> reconcile(RollbackPlan plan, Context<RollbackPlan> context) {
    var problem = plan.unreadable();
    if (problem.isPresent()) {
      memories.forget(plan.getMetadata().getUid());
      unreadable.report(plan, problem.get(), context.resourceOperations()::updatePrimaryStatus);
      return UpdateControl.noUpdate();
    }
    workloads.serve(plan, context);
    var rest = seats.take(plan, PlanView.goesFirst(plan), () -> carryOn(plan, context));
    return UpdateControl.<RollbackPlan>noUpdate().rescheduleAfter(rest.pause());
  }

  @Override
  public DeleteControl cleanup(RollbackPlan plan, Context<RollbackPlan> context) {
    if (!seats.areOpen()) {
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(Seats.FILLING);
    }
    var problem = plan.unreadable();
    if (problem.isPresent()) {
      unreadable.deleted(plan, problem.get());
    } else {
      var rest = lastPass(plan, context);
      if (!deletion.settled(rest)) {
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(deletion.pause(rest));
      }
    }
    memories.forget(plan.getMetadata().getUid());
    return DeleteControl.defaultDelete();
  }

  private Rest<RollbackPlan> carryOn(RollbackPlan plan, Context<RollbackPlan> context) {
    memories.seen(plan, plans::byName);
    return loop.run(plan, context.resourceOperations()::updatePrimaryStatus);
  }

  /** Whatever went wrong, the finalizer is not kept for ever. */
  private Rest<RollbackPlan> lastPass(RollbackPlan plan, Context<RollbackPlan> context) {
    try {
      return carryOn(plan, context);
    } catch (RuntimeException e) {
      if (!deletion.overdue(plan)) {
        throw e;
      }
      LOG.warnf(e, "plan=%s/%s", plan.getMetadata().getNamespace(), plan.getMetadata().getName());
      return Rest.soon(plan);
    }
  }
}
