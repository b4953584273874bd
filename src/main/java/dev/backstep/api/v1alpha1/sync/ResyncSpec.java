package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.NotOwnRecord;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.Ref;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Which tables are copied from the one side of a sync to the other. */
@ValidationRule(
    value =
        "duration(self.timeout) >= duration('10s') && duration(self.timeout) <= duration('24h')",
    fieldPath = ".timeout",
    message = "the timeout of a re-sync must be between 10s and 24h")
@ValidationRule(
    value =
        "!has(self.source.databaseRef) || self.source.databaseRef.name != self.target.databaseRef.name",
    fieldPath = ".source",
    message = "source and target are the same database")
public record ResyncSpec(
    @Required
        @JsonPropertyDescription(
            "What counts: it is only read. Of a SQLite file a copy is made first, in the scratch space of the Job's pod.")
        DatabaseTarget source,
    @Required @JsonPropertyDescription("What is brought up to date.") ResyncTarget target,
    @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription(
            "What is copied, in this order; but a table that others refer to by a foreign key comes before these.")
        List<ResyncTable> tables,
    @Default("50")
        @Min(1)
        @Max(5000)
        @JsonPropertyDescription(
            "Rows that are written in one transaction, 1 to 5000. With 1000 and more it takes a fraction of the time, and others wait longer for rows.")
        Integer batchSize,
    @Default("30m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "After this time it is ended, 10s to 24h; has to be shorter than the action's own timeout. What was copied stays, and a Retry goes on from there.")
        String timeout) {

  /** Where rows are written. */
  public record ResyncTarget(
      @Required
          @JsonPropertyDescription(
              "PostgreSQL: a Secret with host, port, dbname, user and password, labelled backstep.dev/database=true.")
          Ref databaseRef) {}

  /** A table of both sides. */
  @SchemaCustomizer(value = NotOwnRecord.class, input = "name")
  public record ResyncTable(
      @Required
          @Size(min = 1, max = 130)
          @Pattern(Patterns.TABLE)
          @JsonPropertyDescription("As in SQL: vehicles or shop.vehicles. SQLite knows no schemas.")
          String name,
      @Default("[\"id\"]")
          @Size(min = 1, max = 16)
          @JsonPropertyDescription(
              "The columns that say which row it is; of the target, a primary key or unique index has exactly these.")
          List<@Size(min = 1, max = 63) String> key) {}
}
