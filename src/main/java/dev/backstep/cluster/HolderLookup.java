package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadRef;

/** Knows whether the holder that a ledger names still exists. */
@FunctionalInterface
public interface HolderLookup {
  /**
   * False when the entry is orphaned: no plan of the namespace knows of this hold, and no open run
   * has its claim. Then nobody gives it back by itself.
   */
  boolean exists(LedgerEntry entry, WorkloadRef target);
}
