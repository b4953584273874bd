package dev.backstep.database.swap;

import dev.backstep.problem.Problem;

/** What a look at the server found. */
public sealed interface Looked {
  /** How it is. */
  record Seen(Databases databases) implements Looked {}

  /** It could not be asked. */
  record NotSeen(Problem problem) implements Looked {}
}
