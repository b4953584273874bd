package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.Evidence.Moment;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What gates with {@code use: Evidence} saw, at the start and at the end of a run. */
final class EvidenceLog {
  /** The status is not the place for whole answers. */
  private static final int MAX_LENGTH = 500;

  /** A run does not wait longer for something that decides nothing. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private EvidenceLog() {}

  /** True when the start is not recorded, but will be in a moment. */
  static boolean awaited(RunSnapshot snapshot) {
    return !snapshot.evidenceGates().stream().allMatch(gate -> snapshot.streak(gate).measured())
        && snapshot.now().isBefore(snapshot.run().startedAt().plus(PATIENCE));
  }

  /** The evidence of the run with that of this moment, which is recorded once. */
  static List<Evidence> with(RunSnapshot snapshot, Moment moment) {
    var known = snapshot.run().evidence();
    if (known.stream().anyMatch(evidence -> evidence.at() == moment)) {
      return known;
    }
    var now =
        snapshot.evidenceGates().stream()
            .map(
                gate ->
                    new Evidence(
                        gate.name(),
                        moment,
                        snapshot.now(),
                        shortened(snapshot.streak(gate).message())));
    return Stream.concat(known.stream(), now).toList();
  }

  private static String shortened(String seen) {
    return seen.length() <= MAX_LENGTH ? seen : seen.substring(0, MAX_LENGTH) + " ...";
  }
}
