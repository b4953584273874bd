package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.NotOwnRecord;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.Ref;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * A queue in a table of PostgreSQL that can be emptied; what was in it is kept in another table.
 */
@ValidationRule(
    value = "!has(self.retention) || duration(self.retention) >= duration('1h')",
    fieldPath = ".retention",
    message = "retention must be at least 1h")
@SchemaCustomizer(value = NotOwnRecord.class, input = "table")
public record ClearTable(
    @Required
        @JsonPropertyDescription(
            "Secret with host, port, dbname, user and password, labelled backstep.dev/database=true.")
        Ref databaseRef,
    @Required
        @Size(min = 1, max = 200)
        @JsonPropertyDescription("The table, as in SQL: worker_jobs or shop.worker_jobs.")
        String table,
    @Default("Swap")
        @JsonPropertyDescription(
            "Swap: a new empty table takes its place, whatever its size at once; the user owns it, and nothing else may depend on it. Copy: its rows are copied into a table of schema backstep and deleted, while nobody else writes to it.")
        Method method,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Backups older than this are dropped when it is cleared again, at least 1h; absent: all are kept.")
        String retention) {

  /** How it is emptied. */
  public enum Method {
    Swap,
    Copy
  }
}
