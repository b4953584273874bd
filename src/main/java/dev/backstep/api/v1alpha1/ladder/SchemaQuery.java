package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.Ref;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Asks a database which schema it has. The answer is compared, and never judged. */
@ValidationRule(
    value = "duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('1m')",
    fieldPath = ".timeout",
    message = "timeout must be between 1s and 1m")
public record SchemaQuery(
    @Required
        @JsonPropertyDescription(
            "Secret with host, port, dbname, user and password, labelled backstep.dev/database=true.")
        Ref databaseRef,
    @Required
        @Size(min = 1, max = 16384)
        @JsonPropertyDescription(
            "One SELECT, in a transaction that is read-only; the first column of its first row is the value.")
        String query,
    @Default("10s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("How long it may take, 1s to 1m.")
        String timeout) {}
