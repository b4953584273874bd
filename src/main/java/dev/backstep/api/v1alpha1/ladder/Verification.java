package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How a recovery is proven. */
@ValidationRule(
    value = "!has(self.soak) || duration(self.soak) <= duration('24h')",
    fieldPath = ".soak",
    message = "soak must not be longer than 24h")
public record Verification(
    @Default("15m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION_OR_ZERO)
        @JsonPropertyDescription(
            "The gates of the level that healed must stay green this long, 0s to 24h, before the run ends.")
        String soak) {}
