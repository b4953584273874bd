package dev.backstep.runbook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.Evidence.Moment;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What gates saw: with {@code use: Evidence} at the start and at the end of a run, and at the start
 * those that compare with it later.
 */
final class EvidenceLog {
  /** The status is not the place for whole answers. */
  private static final int MAX_LENGTH = 500;

  /** A run does not wait longer for something that decides nothing. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private EvidenceLog() {}

  /** True when the start is not recorded, but will be in a moment. */
  static boolean awaited(RunSnapshot snapshot) {
    return !snapshot.judges().rememberedAtStart().stream()
            .allMatch(gate -> snapshot.streak(gate).measured())
        && snapshot.now().isBefore(snapshot.run().startedAt().plus(PATIENCE));
  }

  /** The evidence of the run with that of this moment, which is recorded once. */
  static List<Evidence> with(RunSnapshot snapshot, Moment moment) {
    var known = snapshot.run().evidence();
    if (known.stream().anyMatch(evidence -> evidence.at() == moment)) {
      return known;
    }
    var gates =
        moment == Moment.Start
            ? snapshot.judges().rememberedAtStart()
            : snapshot.judges().evidenceGates();
    var now = gates.stream().map(gate -> evidence(snapshot, gate, moment));
    return Stream.concat(known.stream(), now).toList();
  }

  private static Evidence evidence(RunSnapshot snapshot, Gate gate, Moment moment) {
    var streak = snapshot.streak(gate);
    return new Evidence(
        gate.name(), moment, snapshot.now(), shortened(streak.message()), kept(streak.value()));
  }

  /** Texts may be anybody's data, and of any length. */
  private static String kept(JsonNode value) {
    var number = value.isNumber() && Double.isFinite(value.doubleValue());
    return number || value.isBoolean() ? value.toString() : null;
  }

  private static String shortened(String seen) {
    return seen.length() <= MAX_LENGTH ? seen : seen.substring(0, MAX_LENGTH) + " ...";
  }
}
