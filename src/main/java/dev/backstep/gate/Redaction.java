package dev.backstep.gate;

import com.fasterxml.jackson.databind.node.NullNode;
import com.google.re2j.PatternSyntaxException;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.expression.RegularExpressions;
import dev.backstep.measure.Reading;
import java.util.Optional;

/** Takes out of what a gate saw what nobody is to read in a status. */
public final class Redaction {
  private Redaction() {}

  /** The reading without what the gate's {@code redact} matches; such a value is not kept. */
  static Reading of(Gate gate, Reading reading) {
    if (gate.redact() == null) {
      return reading;
    }
    var secret = RegularExpressions.compile(gate.redact());
    var value =
        secret.matcher(reading.value().asText()).find() ? NullNode.instance : reading.value();
    return new Reading(
        reading.color(), secret.matcher(reading.message()).replaceAll("[redacted]"), value);
  }

  /** What is wrong with the gate's {@code redact}. */
  static Optional<String> invalid(Gate gate) {
    try {
      if (gate.redact() != null) {
        RegularExpressions.compile(gate.redact());
      }
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of("redact is no RE2 expression: %s".formatted(e.getMessage()));
    }
  }
}
