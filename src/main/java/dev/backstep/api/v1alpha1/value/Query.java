package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** One question to a PostgreSQL database, which changes nothing in it. */
@ValidationRule(
    value = "duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('5m')",
    fieldPath = ".timeout",
    message = "timeout must be between 1s and 5m")
public record Query(
    @Required
        @JsonPropertyDescription(
            "Secret with host, port, dbname, user and password, labelled backstep.dev/database=true.")
        Ref databaseRef,
    @Required
        @Size(min = 1, max = 16384)
        @MayHoldArgs(escape = Escape.BIND)
        @JsonPropertyDescription(
            "One SELECT, in a transaction that is read-only; :name stands for arg name, as a bind variable and never as text.")
        String query,
    @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, true means healthy. Sees value (first column of the first row), rows (up to 100, by name of the column), previous (the last value), before (the value at the start of the run, where it is a number, true or false); null where there is none.")
        String successCondition,
    @Size(min = 1, max = 16384)
        @MayHoldArgs(escape = Escape.BIND)
        @JsonPropertyDescription(
            "Statements before the query, such as the same order placed twice, in one transaction with it that is never committed; :name stands for arg name. Absent: the transaction is read-only.")
        String setup,
    @Default("10s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("How long each statement may take, 1s to 5m.")
        String timeout)
    implements GateKind {
  @Override
  public boolean comparesWithStart() {
    return Comparison.withStart(successCondition);
  }
}
