package dev.backstep.cluster;

import dev.backstep.cluster.HolderLookup.Holding;

/** Those of one kind that may hold something. Each kind that does has a bean of it. */
@FunctionalInterface
public interface Holders {
  /** Answers about one namespace for one pass: what has to be asked is asked once. */
  Holding in(String namespace);
}
