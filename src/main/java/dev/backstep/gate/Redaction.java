package dev.backstep.gate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.measure.Reading;
import java.util.Optional;

/** Takes out of what a gate saw what nobody is to read in a status. */
public final class Redaction {
  private Redaction() {}

  /** The reading without what the gate's {@code redact} matches. */
  static Reading of(Gate gate, Reading reading) {
    return gate.redact() == null
        ? reading
        : new Reading(
            reading.color(),
            Pattern.compile(gate.redact()).matcher(reading.message()).replaceAll("[redacted]"));
  }

  /** What is wrong with the gate's {@code redact}. */
  static Optional<String> invalid(Gate gate) {
    try {
      if (gate.redact() != null) {
        Pattern.compile(gate.redact());
      }
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of("redact is no RE2 expression: " + e.getMessage());
    }
  }
}
