package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.runbook.Decision.Wait;
import java.util.List;

/**
 * After an action its own gates have to become healthy: first those that are measured again and
 * again, then those that are measured once, one after the other.
 */
final class Proving {
  private Proving() {}

  static Decision next(RunSnapshot snapshot, ActionStatus action) {
    var repeated = own(snapshot).stream().filter(gate -> !gate.once()).toList();
    var measured = Gates.within(snapshot, repeated, action.provingSince());
    return switch (measured.verdict()) {
      case HEALTHY -> once(snapshot, measured.message());
      case PENDING -> new Wait(Gates.nextDeadline(snapshot, repeated, action.provingSince()));
      case UNHEALTHY, INCONCLUSIVE -> failed(snapshot, measured.message());
    };
  }

  private static List<Gate> own(RunSnapshot snapshot) {
    return snapshot.judges().named(snapshot.action().verify());
  }

  private static Decision once(RunSnapshot snapshot, String seenSoFar) {
    var once = own(snapshot).stream().filter(Gate::once).toList();
    return snapshot
        .asked()
        .map(gate -> answered(snapshot, gate, once.subList(once.indexOf(gate) + 1, once.size())))
        .orElseGet(() -> goOn(snapshot, once, seenSoFar));
  }

  private static Decision answered(RunSnapshot snapshot, Gate gate, List<Gate> left) {
    var answer = Asking.answer(snapshot, gate);
    return switch (answer.verdict()) {
      case HEALTHY -> goOn(snapshot, left, answer.message());
      case PENDING -> new Wait(Asking.deadline(snapshot, gate));
      case UNHEALTHY, INCONCLUSIVE -> failed(snapshot, answer.message());
    };
  }

  private static Decision goOn(RunSnapshot snapshot, List<Gate> left, String seenSoFar) {
    return left.isEmpty()
        ? ActionEnd.succeeded(settled(snapshot), seenSoFar)
        : Asking.begin(snapshot, left.get(0), seenSoFar);
  }

  private static Decision failed(RunSnapshot snapshot, String message) {
    return ActionEnd.fail(
        settled(snapshot), "It was done, but its own gates say no. %s".formatted(message));
  }

  /** Nothing is asked any more. */
  private static RunSnapshot settled(RunSnapshot snapshot) {
    return snapshot.withRun(snapshot.run().withAsking(null));
  }
}
