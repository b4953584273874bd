package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadRef;

/** Hears of every workload that came, changed or went; must not wait. */
@FunctionalInterface
public interface WorkloadObserver {
  /** The caches know of it already. */
  void changed(String namespace, WorkloadRef workload);
}
