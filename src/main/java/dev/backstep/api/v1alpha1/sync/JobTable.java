package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.MapBounds;
import dev.backstep.api.v1alpha1.schema.NotOwnRecord;
import dev.backstep.api.v1alpha1.value.Ref;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** Rows of a table that workers do not take until they are given back: a queue in PostgreSQL. */
@ValidationRule(
    value = "!self.key.exists(column, column in self.pause.set)",
    fieldPath = ".pause.set",
    message = "a column of key says which row it is: pause.set must not change it")
@ValidationRule(
    value = "!has(self.failStuck) || !self.key.exists(column, column in self.failStuck.set)",
    fieldPath = ".failStuck.set",
    message = "a column of key says which row it is: failStuck.set must not change it")
@ValidationRule(
    value = "!has(self.resume) || !self.key.exists(column, column in self.resume.set)",
    fieldPath = ".resume.set",
    message = "a column of key says which row it is: resume.set must not change it")
@SchemaCustomizer(value = NotOwnRecord.class, input = "table")
public record JobTable(
    @Required
        @JsonPropertyDescription(
            "Secret with host, port, dbname, user and password, labelled backstep.dev/database=true.")
        Ref databaseRef,
    @Required
        @Size(min = 1, max = 200)
        @JsonPropertyDescription(
            "The table, as in SQL: worker_jobs or shop.worker_jobs. Where the queue has a table of switches, such as one row for each queue, name that one: it is one row.")
        String table,
    @Required
        @Size(min = 1, max = 8)
        @JsonPropertyDescription("Columns of its primary key, or of another unique one.")
        List<@Size(min = 1, max = 63) String> key,
    @Required
        @JsonPropertyDescription(
            "Rows that workers would take, and what they are set to; those rows are kept in schema backstep of that database. New ones are paused too.")
        Rows pause,
    @JsonPropertyDescription("Rows of jobs that hang, and what they are set to; never put back.")
        Rows failStuck,
    @JsonPropertyDescription(
            "For the rows that were paused and still look so; absent: each gets the values that it had.")
        Resume resume) {

  /** Some rows, and what they are set to. */
  @SchemaCustomizer(value = MapBounds.class, input = "set,32,4096")
  public record Rows(
      @Required
          @Size(min = 1, max = 4096)
          @JsonPropertyDescription(
              "An SQL condition on the rows, which must be false once they are set.")
          String where,
      @Required
          @JsonPropertyDescription(
              "An SQL expression for each column: status: \"'paused'\", updated_at: now()")
          Map<String, String> set) {}

  /** What rows that were paused are set to. */
  @SchemaCustomizer(value = MapBounds.class, input = "set,32,4096")
  public record Resume(
      @Required
          @JsonPropertyDescription(
              "An SQL expression for each column: status: \"'pending'\", next_run_at: now()")
          Map<String, String> set) {}
}
