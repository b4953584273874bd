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
     * False when nobody who is looked at knows of this hold, and nothing open has its claim. Where
     * nobody of any kind does, the entry is orphaned: nobody gives it back by itself.
     */
    boolean exists(LedgerEntry entry, WorkloadRef target);
  }
}
