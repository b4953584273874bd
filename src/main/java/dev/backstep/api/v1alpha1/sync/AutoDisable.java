package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;

/** When the SyncControl holds the sync off by itself, and when it lets go again. */
@ValidationRule(
    value = "duration(self.__for__) >= duration('1s') && duration(self.__for__) <= duration('24h')",
    fieldPath = ".for",
    message = "for must be between 1s and 24h")
@ValidationRule(
    value =
        "duration(self.cooldown) >= duration('1s') && duration(self.cooldown) <= duration('24h')",
    fieldPath = ".cooldown",
    message = "cooldown must be between 1s and 24h")
@RecordBuilder
public record AutoDisable(
    @Required
        @Size(min = 1, max = 40)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Unique in the SyncControl; its hold is auto-<name>.")
        String name,
    @Required
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL. Sees size, failed, lastSyncAge (in seconds), sizeGrowth, failedGrowth (in a minute); each null where it is not known. What cannot be judged is not true.")
        String when,
    @JsonProperty("for")
        @Default("5m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "For so long it has to be true in every measurement before the sync is held off, 1s to 24h.")
        String lasting,
    @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, sees what when sees: once it is true the sync is not held off any more. Absent: a human says so; the condition AutoDisabled has the command.")
        String until,
    @Default("10m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "After it let go, it does not hold the sync off again before this has passed, 1s to 24h.")
        String cooldown)
    implements AutoDisableBuilder.With {}
