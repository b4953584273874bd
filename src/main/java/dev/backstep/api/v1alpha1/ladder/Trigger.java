package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Starts a run by itself: in the status, never in the spec. */
@SchemaCustomizer(value = ExactlyOne.class, input = "gates,schedule")
@ValidationRule(
    value = "has(self.symptom) != has(self.levels)",
    fieldPath = ".symptom",
    message = "exactly one of symptom and levels must be set")
@ValidationRule(
    value = "!has(self.schedule) || self.mode != 'Execute'",
    fieldPath = ".mode",
    message = "a schedule is for mode DryRun or Drill: nothing is repaired by the calendar")
@ValidationRule(
    value =
        "duration(self.failingFor) >= duration('5s') && duration(self.failingFor) <= duration('24h')",
    fieldPath = ".failingFor",
    message = "failingFor must be between 5s and 24h")
public record Trigger(
    @Required
        @Size(min = 1, max = 40)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Unique in the plan; the run is called <trigger>-<UTC time>.")
        String name,
    @Size(min = 1, max = 32)
        @JsonPropertyDescription("Names of Health gates: all of them unhealthy ...")
        List<@Size(min = 1, max = 40) String> gates,
    @Size(min = 1, max = 100)
        @JsonPropertyDescription("Unix cron with five fields, UTC, such as 0 3 * * 1.")
        String schedule,
    @Default("5m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("... for this long, 5s to 24h.")
        String failingFor,
    @Size(min = 1, max = 63) @JsonPropertyDescription("The run's symptom.") String symptom,
    @Size(min = 1, max = 12) @JsonPropertyDescription("The run's levels.")
        List<@Size(min = 1, max = 63) String> levels,
    @Default("Execute") @JsonPropertyDescription("The run's mode.") Run.Mode mode,
    @Default("1h")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "The trigger does not fire again until this long after the end of any run.")
        String cooldown) {}
