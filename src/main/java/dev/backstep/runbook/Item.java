package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.gate.Gate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A manual gate or action that a human is asked about now; an Approval that names it answers.
 *
 * @param name of the gate or action
 * @param level that the Approval has to name
 * @param hash that the Approval has to name
 * @param task what to look at or to do
 * @param since answers from before do not count
 */
public record Item(String name, String level, String hash, String task, Instant since) {

  /** What a human is asked now; empty: nothing. */
  public static Optional<Item> of(RunSnapshot snapshot) {
    var run = snapshot.run();
    if (snapshot.entering()) {
      return gates(snapshot, preconditions(snapshot));
    }
    if (snapshot.asked().isPresent()) {
      return gates(snapshot, snapshot.asked().stream().toList());
    }
    return switch (run.phase()) {
      case Acting ->
          snapshot.allActed() || snapshot.proving() ? Optional.empty() : action(snapshot);
      case Releasing -> gates(snapshot, releasing(snapshot));
      default -> Optional.empty();
    };
  }

  private static List<Gate> preconditions(RunSnapshot snapshot) {
    return snapshot.agreed(Entering.PRECONDITIONS)
        ? List.of()
        : snapshot.judges().named(snapshot.level().preconditions());
  }

  private static List<Gate> releasing(RunSnapshot snapshot) {
    var release = snapshot.plan().release();
    return release == null || snapshot.agreed(Releasing.GATES) || snapshot.holds().isEmpty()
        ? List.of()
        : snapshot.judges().named(release.gates());
  }

  private static Optional<Item> gates(RunSnapshot snapshot, List<Gate> gates) {
    return gates.stream()
        .filter(gate -> !snapshot.streak(gate).measured())
        .flatMap(gate -> gate.instruction().map(task -> item(snapshot, gate, task)).stream())
        .findFirst();
  }

  private static Item item(RunSnapshot snapshot, Gate gate, String task) {
    return item(snapshot, gate.name(), task, since(snapshot, gate));
  }

  private static Instant since(RunSnapshot snapshot, Gate gate) {
    var run = snapshot.run();
    return gate.name().equals(run.asking()) ? run.askedAt() : run.measuringSince();
  }

  private static Optional<Item> action(RunSnapshot snapshot) {
    Action action = snapshot.action();
    var moves = new Moves(snapshot);
    var begun = moves.begun() && moves.actionStatus().outcome() == null;
    return action
        .instruction()
        .filter(task -> begun)
        .map(task -> item(snapshot, action.name(), task, moves.actionStatus().attemptAt()));
  }

  private static Item item(RunSnapshot snapshot, String name, String task, Instant since) {
    var index = snapshot.run().level() == null ? 0 : snapshot.run().level();
    var level = snapshot.run().levels().get(index);
    return new Item(name, level.name(), level.hash(), task, since);
  }
}
