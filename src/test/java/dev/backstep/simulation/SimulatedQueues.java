package dev.backstep.simulation;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.resource.RelevantUpdates;
import dev.backstep.rollbackplan.RollbackPlanReconciler;
import dev.backstep.simulation.SimulatedQueue.Kind;
import dev.backstep.synccontrol.SyncControlReconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The queues of one process: one for each plan and each SyncControl that has the operator's
 * finalizer, which the SDK adds to all that it sees. Plans are woken by whatever changes, as their
 * watches do it; a SyncControl by what changes on it, and by nothing else.
 */
final class SimulatedQueues {
  private static final RelevantUpdates RELEVANT = new RelevantUpdates();

  private final Simulation world;
  private final SimulatedProcess process;
  private final Kind<RollbackPlan> plans;
  private final Kind<SyncControl> syncs;
  private final Map<String, SimulatedQueue<?>> ofPlans = new TreeMap<>();
  private final Map<String, SimulatedQueue<?>> ofSyncs = new TreeMap<>();

  SimulatedQueues(
      Simulation world,
      SimulatedProcess process,
      RollbackPlanReconciler plan,
      SyncControlReconciler sync) {
    this.world = world;
    this.process = process;
    plans = new Kind<>(SimulatedApiServer.PLANS, plan, plan);
    syncs = new Kind<>(SimulatedApiServer.SYNCS, sync, sync);
  }

  /** True for what has queues. */
  static boolean isQueued(String resource) {
    return resource.equals(SimulatedApiServer.PLANS) || resource.equals(SimulatedApiServer.SYNCS);
  }

  /** A watch tells of a write, which the cache has now. */
  void told(SimulatedApiServer.Write write) {
    if (write.after() == null || write.after().at("/metadata/finalizers").isEmpty()) {
      return;
    }
    var name = write.namespace() + "/" + write.name();
    if (write.resource().equals(SimulatedApiServer.PLANS)) {
      told(ofPlans.computeIfAbsent(name, it -> queue(plans, write)), write);
    }
    if (write.resource().equals(SimulatedApiServer.SYNCS)) {
      told(ofSyncs.computeIfAbsent(name, it -> queue(syncs, write)), write);
    }
  }

  /** Nobody is woken by what the operator itself writes into a status. */
  private void told(SimulatedQueue<?> queue, SimulatedApiServer.Write write) {
    if (write.before() == null
        || RELEVANT.accept(world.typed(write.after()), world.typed(write.before()))) {
      queue.wake();
    }
  }

  private <R extends HasMetadata> SimulatedQueue<R> queue(
      Kind<R> kind, SimulatedApiServer.Write write) {
    return new SimulatedQueue<>(world, process, kind, write.namespace(), write.name());
  }

  /** What wakes a plan. */
  Runnable wakes(RollbackPlan plan) {
    return wakes(ofPlans, plan);
  }

  /** What wakes a SyncControl. */
  Runnable wakes(SyncControl sync) {
    return wakes(ofSyncs, sync);
  }

  private static Runnable wakes(Map<String, SimulatedQueue<?>> queues, HasMetadata object) {
    var metadata = object.getMetadata();
    var name = metadata.getNamespace() + "/" + metadata.getName();
    return () -> Optional.ofNullable(queues.get(name)).ifPresent(SimulatedQueue::wake);
  }

  /** Has every plan looked at soon. */
  void wakePlans() {
    ofPlans.values().forEach(SimulatedQueue::wake);
  }

  /** Has everything looked at soon. */
  void wake() {
    wakePlans();
    ofSyncs.values().forEach(SimulatedQueue::wake);
  }
}
