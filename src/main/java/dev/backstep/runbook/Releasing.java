package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.measure.Verdict;
import dev.backstep.runbook.Decision.Wait;
import java.util.Optional;

/**
 * Gives back what is held: phase Releasing. Before it the plan's release gates have to be healthy;
 * after it the Health gates are measured once more.
 */
final class Releasing {
  static final Agreement GATES = Agreement.of(Agreement.What.ReleaseGates);

  private Releasing() {}

  static Decision next(RunSnapshot snapshot) {
    if (!snapshot.deleting()) {
      var gates = gates(snapshot);
      if (gates != null) {
        return gates;
      }
    }
    if (snapshot.holds().isEmpty()) {
      return givenBack(snapshot);
    }
    if (Engine.wishes(snapshot, Run.State.Aborted) && !snapshot.deleting()) {
      return new Moves(snapshot)
          .ask(
              Ask.RELEASE_FAILED,
              "%s asked to stop the release.".formatted(snapshot.wish().stateBy()));
    }
    return giveBack(snapshot);
  }

  private static Decision giveBack(RunSnapshot snapshot) {
    var action = Holds.together(snapshot.holds()).get(0).action();
    return PuttingBack.foreign(snapshot, action)
        .map(why -> (Decision) new Moves(snapshot).ask(Ask.RELEASE_DOUBTED, action, why))
        .or(() -> Holds.settled(snapshot))
        .or(() -> doubted(snapshot, action))
        .orElseGet(
            () ->
                PuttingBack.effort(
                    snapshot,
                    Intent.Verb.Release,
                    action,
                    PuttingBack.limit(snapshot, action),
                    why -> new Moves(snapshot).ask(asked(snapshot), why)));
  }

  /** What speaks against giving it back, unless a human wants it all the same. */
  private static Optional<Decision> doubted(RunSnapshot snapshot, String action) {
    if (snapshot.deleting()
        || snapshot.agreed(new Agreement(Agreement.What.GivingBack, action))
        || !(snapshot.work() instanceof Work.ToDo todo)) {
      return Optional.empty();
    }
    return todo.doubt()
        .map(doubt -> new Moves(snapshot).ask(Ask.RELEASE_DOUBTED, action, doubt.message()));
  }

  private static Ask asked(RunSnapshot snapshot) {
    return snapshot.work() instanceof Work.Unknown ? Ask.RELEASE_UNKNOWN : Ask.RELEASE_FAILED;
  }

  /** The decision while the release gates are not known to be healthy; null: they are. */
  private static Decision gates(RunSnapshot snapshot) {
    var release = snapshot.plan().release();
    var run = snapshot.run();
    if (release == null || snapshot.agreed(GATES) || snapshot.holds().isEmpty()) {
      return null;
    }
    var moves = new Moves(snapshot);
    var measured = Gates.now(snapshot, snapshot.judges().named(release.gates()));
    var limit = Gates.undecidedUntil(snapshot);
    if (measured.verdict() == Verdict.HEALTHY) {
      return moves.stay(
          Reasons.HEALTHY,
          "What has to be healthy before the release is. %s".formatted(measured.message()),
          next -> next.agreed(moves.agreed(GATES)));
    }
    return measured.verdict() == Verdict.PENDING && snapshot.now().isBefore(limit)
        ? new Wait(limit)
        : moves.ask(Ask.RELEASE_GATE, "Nothing was given back. %s".formatted(measured.message()));
  }

  /** A system that was healthy while something was held has to be so without. */
  private static Decision givenBack(RunSnapshot snapshot) {
    if (PuttingBack.comingBack(snapshot)) {
      return new Wait(PuttingBack.lookAgain(snapshot, PuttingBack.comingBackLimit(snapshot)));
    }
    var moves = new Moves(snapshot);
    var run = snapshot.run();
    var healed = run.mitigatedAt() != null && run.respondedAt() != null && !snapshot.deleting();
    if (!healed || snapshot.judges().healthGates().isEmpty()) {
      return moves.enter(Phase.Released, Reasons.RELEASED, nothingHeld(snapshot));
    }
    if (run.givenBackAt() == null) {
      return moves.stay(
          Reasons.MEASURING,
          "Everything was given back; the gates have to stay healthy.",
          next -> next.givenBackAt(snapshot.now()).measuringSince(snapshot.now()));
    }
    var since = run.measuringSince();
    var gates = Gates.within(snapshot, snapshot.judges().healthGates(), since);
    return switch (gates.verdict()) {
      case PENDING ->
          new Wait(Gates.nextDeadline(snapshot, snapshot.judges().healthGates(), since));
      case HEALTHY ->
          moves.enter(
              Phase.Released,
              Reasons.RELEASED,
              "%s %s".formatted(nothingHeld(snapshot), gates.message()));
      case UNHEALTHY, INCONCLUSIVE ->
          moves.ask(
              Ask.RELEASED_UNHEALTHY,
              "Everything was given back, but now: %s".formatted(gates.message()));
    };
  }

  /** Nothing that is still kept down is called nothing. */
  private static String nothingHeld(RunSnapshot snapshot) {
    var others = snapshot.heldByOthers();
    return (others.isEmpty()
            ? "Nothing is held any more."
            : "This plan holds nothing any more, but others do: %s."
                .formatted(String.join(", ", others)))
        + PuttingBack.unfinished(snapshot);
  }
}
