package dev.backstep.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * What has to be true of the restored data: asked of the database that is made aside before anybody
 * gets it, and of the live one once it was replaced.
 */
public record RestoreCheck(
    @Required
        @Size(min = 1, max = 40)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Unique in the restore.")
        String name,
    @Required
        @Size(min = 1, max = 16384)
        @JsonPropertyDescription("One SELECT, in a transaction that is read-only.")
        String query,
    @Required
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, true means good. Sees value (first column of the first row), rows (up to 100), before (value of the same query on the data that is replaced; null where it could not be asked).")
        String successCondition) {}
