package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadRef;

/** Knows whether the holders that ledgers name still exist. */
@FunctionalInterface
public interface HolderLookup {
  /** Answers about one namespace for one pass: what has to be asked is asked once. */
  Holding in(String namespace);

  /** Whether those exist who hold something in a namespace. */
  @FunctionalInterface
  interface Holding {
    /**
     * False when the entry is orphaned: no plan of the namespace knows of this hold, and no open
     * run has its claim. Then nobody gives it back by itself.
     */
    boolean exists(LedgerEntry entry, WorkloadRef target);
  }
}
