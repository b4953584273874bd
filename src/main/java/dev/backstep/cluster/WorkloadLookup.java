package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import java.util.Optional;

/** Workloads as the informers last saw them. */
@FunctionalInterface
public interface WorkloadLookup {
  /** The workload; empty when it does not exist. */
  Optional<Workload> find(String namespace, WorkloadRef ref);
}
