package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.gate.GateSampler;
import dev.backstep.journal.Journal;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Hands a plan to the loop, and the loop's pause to the SDK. */
@ControllerConfiguration(
    name = RollbackPlanReconciler.NAME,
    finalizerName = "backstep.dev/rollbackplan",
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = RelevantUpdates.class))
public class RollbackPlanReconciler implements Reconciler<RollbackPlan>, Cleaner<RollbackPlan> {
  static final String NAME = "rollbackplan";

  private static final Logger LOG = Logger.getLogger(RollbackPlanReconciler.class);
  private static final int CONFLICT = 409;

  /** The event of the newer version comes at once; only where the watch lags is this waited for. */
  private static final Duration AFTER_CONFLICT = Duration.ofSeconds(1);

  private static final Duration AFTER_ERROR = Duration.ofSeconds(5);

  /** A plan that is being deleted waits so long for its holds to be given back. */
  private static final Duration DELETION_LIMIT = Duration.ofSeconds(60);

  private final PlanLoop loop;
  private final UnreadablePlans unreadable;
  private final WorkloadEvents workloads;
  private final ApprovalEvents approvals;
  private final Wakeups wakeups;
  private final PlanEvents events;
  private final GateSampler sampler;
  private final Preflight preflight;
  private final Journal journal;
  private final Clock clock;

  public RollbackPlanReconciler(
      PlanLoop loop,
      UnreadablePlans unreadable,
      WorkloadEvents workloads,
      ApprovalEvents approvals,
      Wakeups wakeups,
      PlanEvents events,
      GateSampler sampler,
      Preflight preflight,
      Journal journal,
      Clock clock) {
    this.loop = loop;
    this.unreadable = unreadable;
    this.workloads = workloads;
    this.approvals = approvals;
    this.wakeups = wakeups;
    this.events = events;
    this.sampler = sampler;
    this.preflight = preflight;
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, RollbackPlan>> prepareEventSources(
      EventSourceContext<RollbackPlan> context) {
    var sources = new ArrayList<>(workloads.eventSources(context));
    sources.add(approvals.eventSource(context));
    sources.add(wakeups.eventSource());
    return sources;
  }

  @Override
  public UpdateControl<RollbackPlan> reconcile(RollbackPlan plan, Context<RollbackPlan> context) {
    if (plan.unreadable() != null) {
      sampler.stop(plan.getMetadata().getUid());
      unreadable.report(plan, context.resourceOperations()::updatePrimaryStatus);
      return UpdateControl.noUpdate();
    }
    return UpdateControl.<RollbackPlan>noUpdate().rescheduleAfter(carryOn(plan, context).pause());
  }

  @Override
  public DeleteControl cleanup(RollbackPlan plan, Context<RollbackPlan> context) {
    if (plan.unreadable() != null) {
      unreadable.deleted(plan);
    } else {
      var rest = carryOn(plan, context);
      if (rest.plan() == null || !settled(rest.plan())) {
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(rest.pause());
      }
    }
    sampler.stop(plan.getMetadata().getUid());
    preflight.forget(plan);
    journal.forget(plan.getMetadata().getUid());
    return DeleteControl.defaultDelete();
  }

  /** What happens in an ordinary outage is said in a line, and tried again. */
  private PlanLoop.Rest carryOn(RollbackPlan plan, Context<RollbackPlan> context) {
    try {
      return loop.run(plan, context.resourceOperations()::updatePrimaryStatus);
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        LOG.warnf(
            "plan=%s/%s not carried on, trying again: %s",
            plan.getMetadata().getNamespace(), plan.getMetadata().getName(), e.getMessage());
      }
      return new PlanLoop.Rest(null, e.getCode() == CONFLICT ? AFTER_CONFLICT : AFTER_ERROR);
    }
  }

  /**
   * True when nothing is under way and nothing is held; or when that was waited for long enough.
   */
  private boolean settled(RollbackPlan plan) {
    var status = PlanView.statusOf(plan);
    if (!PlanView.runOpen(plan) && status.holds().isEmpty()) {
      return true;
    }
    var since = Instant.parse(plan.getMetadata().getDeletionTimestamp());
    var over = clock.instant().isAfter(since.plus(DELETION_LIMIT));
    if (over) {
      events.warn(
          plan,
          "deleted",
          Reasons.RELEASE_FAILED,
          "The plan was deleted while it held something that could not be given back. The workloads"
              + " say in their annotations backstep.dev/held-replicas what to put back.");
    }
    return over;
  }
}
