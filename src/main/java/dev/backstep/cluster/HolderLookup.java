package dev.backstep.cluster;

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
     *
     * @param target what is held, such as {@code Deployment worker}
     */
    boolean exists(LedgerEntry entry, String target);

    /**
     * False when it is certain that nobody who is looked at holds this any more: an entry that is
     * not on its target then was given back.
     */
    default boolean holds(LedgerEntry entry, String target) {
      return exists(entry, target);
    }
  }
}
