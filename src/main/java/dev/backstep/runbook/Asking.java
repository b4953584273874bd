package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.text.Sentences;
import java.time.Instant;
import java.util.List;

/** Gates that are measured once: each is asked when everything before it is green. */
final class Asking {
  private Asking() {}

  /** From now on this gate is asked. */
  static Advance begin(RunSnapshot snapshot, Gate gate, String seenSoFar) {
    return new Moves(snapshot)
        .stay(
            Reasons.GATE_ASKED,
            "%s Now gate %s.%s".formatted(seenSoFar, gate.name(), task(snapshot, gate)),
            run -> run.asking(gate.name()).askedAt(snapshot.now()));
  }

  /** What the gate that is asked has said so far. */
  static Gates answer(RunSnapshot snapshot, Gate gate) {
    return Gates.within(snapshot, List.of(gate), snapshot.run().askedAt());
  }

  /** When it has had its time. */
  static Instant deadline(RunSnapshot snapshot, Gate gate) {
    return Gates.nextDeadline(snapshot, List.of(gate), snapshot.run().askedAt());
  }

  private static String task(RunSnapshot snapshot, Gate gate) {
    return gate.instruction()
        .map(
            instruction ->
                " Somebody look and answer by an Approval with item %s, level %s and hash %s: %s"
                    .formatted(
                        gate.name(),
                        snapshot.level().name(),
                        snapshot.levelStatus().hash(),
                        Sentences.of(instruction)))
        .orElse("");
  }
}
