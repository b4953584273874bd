package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import java.util.Optional;
import java.util.stream.Stream;

/** Workloads as the informers last saw them. */
public interface WorkloadLookup {
  /** The workload; empty when it does not exist. */
  Optional<Workload> find(String namespace, WorkloadRef ref);

  /** What has to be installed for the kind to be known to the cluster; empty: it is known. */
  default Optional<String> missing(WorkloadKind kind) {
    return Optional.empty();
  }

  /** All workloads of a namespace. */
  Stream<Workload> in(String namespace);
}
