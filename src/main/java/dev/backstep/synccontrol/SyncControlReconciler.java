package dev.backstep.synccontrol;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.memory.Memories;
import dev.backstep.resource.Pages;
import dev.backstep.resource.RelevantUpdates;
import dev.backstep.resource.Rest;
import dev.backstep.resource.Seats;
import dev.backstep.resource.UnreadableResources;
import dev.backstep.synccontrol.watch.SyncCache;
import dev.backstep.synccontrol.watch.SyncWakeups;
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

/** Hands a SyncControl to the loop, and the loop's pause to the SDK. */
@ControllerConfiguration(
    name = SyncControlReconciler.NAME,
    finalizerName = "backstep.dev/synccontrol",
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = RelevantUpdates.class, informerListLimit = Pages.SIZE))
public class SyncControlReconciler implements Reconciler<SyncControl>, Cleaner<SyncControl> {
  static final String NAME = "synccontrol";

  private static final Duration PACE = Duration.ofSeconds(1);

  private final SyncLoop loop;
  private final Going going;
  private final UnreadableResources unreadable;
  private final SyncWakeups wakeups;
  private final SyncCache cache;
  private final Memories memories;
  private final Seats seats;

  public SyncControlReconciler(
      SyncLoop loop,
      Going going,
      UnreadableResources unreadable,
      SyncWakeups wakeups,
      SyncCache cache,
      Memories memories,
      Seats seats) {
    this.loop = loop;
    this.going = going;
    this.unreadable = unreadable;
    this.wakeups = wakeups;
    this.cache = cache;
    this.memories = memories;
    this.seats = seats;
  }

  @Override
  public List<EventSource<?, SyncControl>> prepareEventSources(
      EventSourceContext<SyncControl> context) {
    cache.prepare(context);
    return List.of(wakeups.eventSource());
  }

  @Override
  public UpdateControl<SyncControl> reconcile(SyncControl sync, Context<SyncControl> context) {
    var problem = sync.unreadable();
    if (problem.isPresent()) {
      memories.forget(sync.getMetadata().getUid());
      report(sync, problem.get(), context);
      return UpdateControl.noUpdate();
    }
    var rest = seats.take(sync, goesFirst(sync), () -> carryOn(sync, context));
    return UpdateControl.<SyncControl>noUpdate().rescheduleAfter(rest.pause());
  }

  /** What is kept off is given back first, and not before its last holder lets go. */
  @Override
  public DeleteControl cleanup(SyncControl sync, Context<SyncControl> context) {
    if (!seats.areOpen()) {
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(Seats.FILLING);
    }
    if (sync.unreadable().isEmpty()) {
      var rest = carryOn(sync, context);
      if (!going.settled(rest)) {
        return DeleteControl.noFinalizerRemoval()
            .rescheduleAfter(rest.pause().compareTo(PACE) < 0 ? rest.pause() : PACE);
      }
    }
    memories.forget(sync.getMetadata().getUid());
    return DeleteControl.defaultDelete();
  }

  private void report(SyncControl sync, String problem, Context<SyncControl> context) {
    unreadable.report(
        sync,
        problem,
        sync.said(),
        status ->
            SyncWriter.PUT.writeChanged(
                sync, status, context.resourceOperations()::updatePrimaryStatus));
  }

  /** One that is at rest waits for those that are not. */
  private static boolean goesFirst(SyncControl sync) {
    return SyncCache.open(sync).isPresent();
  }

  private Rest<SyncControl> carryOn(SyncControl sync, Context<SyncControl> context) {
    memories.seen(sync, cache::byName);
    return loop.run(sync, context.resourceOperations()::updatePrimaryStatus);
  }
}
