package dev.backstep.dbrestore;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.dbrestore.claim.RestorePruning;
import dev.backstep.dbrestore.watch.RestoreApprovals;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.dbrestore.watch.RestoreWakeups;
import dev.backstep.memory.Memories;
import dev.backstep.resource.Pages;
import dev.backstep.resource.RelevantUpdates;
import dev.backstep.resource.Rest;
import dev.backstep.resource.Seats;
import dev.backstep.resource.UnreadableResources;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;

/** Hands a DbRestore to the loop, and the loop's pause to the SDK. */
@ControllerConfiguration(
    name = DbRestoreReconciler.NAME,
    finalizerName = "backstep.dev/dbrestore",
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = RelevantUpdates.class, informerListLimit = Pages.SIZE))
public class DbRestoreReconciler implements Reconciler<DbRestore>, Cleaner<DbRestore> {
  static final String NAME = "dbrestore";

  private static final Duration PACE = Duration.ofSeconds(1);

  private final RestoreLoop loop;
  private final Going going;
  private final UnreadableResources unreadable;
  private final RestorePruning pruning;
  private final RestoreApprovals approvals;
  private final RestoreWakeups wakeups;
  private final RestoreCache cache;
  private final Memories memories;
  private final Seats seats;

  public DbRestoreReconciler(
      RestoreLoop loop,
      Going going,
      UnreadableResources unreadable,
      RestorePruning pruning,
      RestoreApprovals approvals,
      RestoreWakeups wakeups,
      RestoreCache cache,
      Memories memories,
      Seats seats) {
    this.loop = loop;
    this.going = going;
    this.unreadable = unreadable;
    this.pruning = pruning;
    this.approvals = approvals;
    this.wakeups = wakeups;
    this.cache = cache;
    this.memories = memories;
    this.seats = seats;
  }

  @Override
  public List<EventSource<?, DbRestore>> prepareEventSources(
      EventSourceContext<DbRestore> context) {
    cache.prepare(context);
    return List.of(wakeups.eventSource(), approvals.eventSource(context));
  }

  @Override
  public UpdateControl<DbRestore> reconcile(DbRestore restore, Context<DbRestore> context) {
    var problem = restore.unreadable();
    if (problem.isPresent()) {
      memories.forget(restore.getMetadata().getUid());
      report(restore, problem.get(), context);
      return UpdateControl.noUpdate();
    }
    var rest = seats.take(restore, goesOn(restore), () -> carryOn(restore, context));
    return UpdateControl.<DbRestore>noUpdate().rescheduleAfter(rest.pause());
  }

  /** Whoever was kept off comes back first; what is being replaced comes to its end. */
  @Override
  public DeleteControl cleanup(DbRestore restore, Context<DbRestore> context) {
    if (!seats.areOpen()) {
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(Seats.FILLING);
    }
    if (restore.unreadable().isEmpty()) {
      var rest = carryOn(restore, context);
      if (!going.settled(rest) || !pruning.outlived(rest.object())) {
        return DeleteControl.noFinalizerRemoval()
            .rescheduleAfter(rest.pause().compareTo(PACE) < 0 ? rest.pause() : PACE);
      }
    }
    memories.forget(restore.getMetadata().getUid());
    return DeleteControl.defaultDelete();
  }

  private void report(DbRestore restore, String problem, Context<DbRestore> context) {
    unreadable.report(
        restore,
        problem,
        restore.said(),
        status ->
            RestoreWriter.PUT.writeChanged(
                restore, status, context.resourceOperations()::updatePrimaryStatus));
  }

  private static boolean goesOn(DbRestore restore) {
    return restore.said().phase().isOpen();
  }

  private Rest<DbRestore> carryOn(DbRestore restore, Context<DbRestore> context) {
    memories.seen(restore, cache::byName);
    return loop.run(restore, context.resourceOperations()::updatePrimaryStatus);
  }
}
