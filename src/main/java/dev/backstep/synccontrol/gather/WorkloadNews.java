package dev.backstep.synccontrol.gather;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.sync.Means;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.WorkloadObserver;
import dev.backstep.synccontrol.watch.SyncCache;
import dev.backstep.synccontrol.watch.SyncWakeups;
import jakarta.enterprise.context.ApplicationScoped;

/** Wakes the SyncControls that keep a workload off, or give it back, when it changed. */
@ApplicationScoped
public class WorkloadNews implements WorkloadObserver {
  private final SyncCache syncs;
  private final Actions executors;
  private final LookTimes times;
  private final SyncWakeups wakeups;

  public WorkloadNews(SyncCache syncs, Actions executors, LookTimes times, SyncWakeups wakeups) {
    this.syncs = syncs;
    this.executors = executors;
    this.times = times;
    this.wakeups = wakeups;
  }

  @Override
  public void changed(String namespace, WorkloadRef workload) {
    for (var sync : syncs.openIn(namespace)) {
      sync.getSpec().means().stream()
          .filter(means -> executors.targets(means).contains(workload))
          .forEach(means -> tell(sync, means));
    }
  }

  private void tell(SyncControl sync, Means means) {
    times.news(sync.getMetadata().getUid(), means.name());
    wakeups.of(sync).run();
  }
}
