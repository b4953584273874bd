package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What Backstep remembers as proven good, so that a roll back has somewhere to go. */
@ValidationRule(
    value = "duration(self.soak) >= duration('5s') && duration(self.soak) <= duration('24h')",
    fieldPath = ".soak",
    message = "soak must be between 5s and 24h")
public record Stable(
    @Required
        @Size(min = 1, max = 256)
        @JsonPropertyDescription(
            "The workloads whose pod templates, and the ConfigMaps that these use, are remembered.")
        List<WorkloadRef> workloads,
    @Default("15m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "All gates must be healthy this long, 5s to 24h, before the state counts as stable.")
        String soak,
    @Default("10") @Min(1) @Max(20) @JsonPropertyDescription("How many stable revisions are kept.")
        Integer keep,
    @JsonPropertyDescription(
            "One value that says which schema the database has, such as the number of the last migration; kept with each stable revision, so that a roll back does not bring code back that does not fit.")
        SchemaQuery schema) {}
