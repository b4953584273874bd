package dev.backstep.api;

import java.time.Instant;

/** One transition of an object of whichever kind, as the journal keeps it. */
public interface JournalEntry {
  /** Id of the run. */
  String run();

  /** Claim of the run. */
  String claim();

  /** Counts the transitions of a run. */
  Long seq();

  /** When. */
  Instant at();

  /** Where the run is after it. */
  Enum<?> phase();

  /** How far in its work the run was, such as the level of a plan; null: nowhere in particular. */
  String stage();

  /** The action it is about; null: none. */
  String action();

  /** Why, in one word. */
  String reason();

  /** What happened, in a sentence. */
  String message();
}
