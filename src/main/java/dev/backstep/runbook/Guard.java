package dev.backstep.runbook;

import java.util.List;
import java.util.Optional;

/**
 * A named check in an ordered list of them.
 *
 * @see #first
 */
@FunctionalInterface
interface Guard {
  /** What has to be done or waited for before anything else; empty: nothing as far as this goes. */
  Optional<Decision> check(RunSnapshot snapshot);

  /** What the first check in the list says that says anything. */
  static Optional<Decision> first(List<Guard> guards, RunSnapshot snapshot) {
    return guards.stream().flatMap(guard -> guard.check(snapshot).stream()).findFirst();
  }
}
