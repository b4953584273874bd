package dev.backstep.api.v1alpha1.gate;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Comparison;
import dev.backstep.api.v1alpha1.value.GateKind;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Counts the lines that the pods of a workload logged and that match an expression. */
@ValidationRule(
    value =
        "!has(self.since) || (duration(self.since) >= duration('10s') && duration(self.since) <= duration('1h'))",
    fieldPath = ".since",
    message = "since must be between 10s and 1h")
public record LogsGate(
    @Required @JsonPropertyDescription("Whose pods.") WorkloadRef workload,
    @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Name of the container. Absent: the first.")
        String container,
    @Required
        @Size(min = 1, max = 512)
        @JsonPropertyDescription("RE2; a line counts when a part of it matches.")
        String pattern,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "How far back a measurement looks, 10s to 1h. Absent: since the effects of the level were observed; where there are none to judge, 5m.")
        String since,
    @Default("matches == 0")
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, true means healthy. Sees matches (number of lines), previous (the last number), before (the number at the start of the run).")
        String successCondition)
    implements GateKind {

  /** Many pods are read one after the other. */
  @Override
  public String timeout() {
    return "60s";
  }

  @Override
  public boolean comparesWithStart() {
    return Comparison.withStart(successCondition);
  }
}
