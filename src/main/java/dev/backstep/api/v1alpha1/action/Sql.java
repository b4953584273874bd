package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.NotOwnRecord;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
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

/** Statements in a PostgreSQL database; a hold or a repair, as the plan declares. */
@ValidationRule(
    value = "self.effect != 'Hold' || has(self.remember) || has(self.undo)",
    fieldPath = ".effect",
    message = "a hold is given back: set remember or undo")
@ValidationRule(
    value = "self.transaction != 'None' || has(self.undo) || self.destructive",
    fieldPath = ".transaction",
    message = "without a transaction, set undo, or say destructive: true")
@ValidationRule(
    value =
        "self.transaction != 'None' || (!has(self.maxRows) && !has(self.remember) && !has(self.check))",
    fieldPath = ".transaction",
    message = "maxRows, remember and check need a transaction")
@ValidationRule(
    value =
        "duration(self.lockTimeout) >= duration('1s') && duration(self.lockTimeout) <= duration('5m')",
    fieldPath = ".lockTimeout",
    message = "lockTimeout must be between 1s and 5m")
public record Sql(
    @Required @JsonPropertyDescription("Hold: comes back when the run is released; Repair: stays.")
        DeclaredEffect effect,
    @Required
        @JsonPropertyDescription("True when data may be lost: needs an Approval before it is done.")
        Boolean destructive,
    @Required
        @JsonPropertyDescription(
            "Secret with host, port, dbname, user and password, labelled backstep.dev/database=true.")
        Ref databaseRef,
    @Required
        @Size(min = 1, max = 65536)
        @MayHoldArgs(escape = Escape.BIND)
        @JsonPropertyDescription(
            "What is executed; :name stands for arg name, as a bind variable and never as text.")
        String statements,
    @Default("Single")
        @JsonPropertyDescription(
            "Single: all statements in one transaction. None: one statement outside of any, such as CREATE INDEX CONCURRENTLY.")
        Transaction transaction,
    @Default("5s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "How long a statement waits for a lock, 1s to 5m; longer: nothing is done, and it is tried again.")
        String lockTimeout,
    @Min(0)
        @Max(1000000000)
        @JsonPropertyDescription(
            "More affected rows than this, as the statements report them, and all is rolled back.")
        Integer maxRows,
    @Size(min = 1, max = 8)
        @JsonPropertyDescription(
            "Rows that are kept in schema backstep of that database before; undo and release write them back where nobody changed them since.")
        List<Remember> remember,
    @JsonPropertyDescription(
            "Looked at in the same transaction, before it is committed; false: all is rolled back.")
        Check check,
    @Size(min = 1, max = 65536)
        @MayHoldArgs(escape = Escape.BIND)
        @JsonPropertyDescription(
            "Statements for what remember cannot put back, such as new tables; executed after it, in one transaction with it; :name stands for arg name.")
        String undo) {

  /** How the statements are executed. */
  public enum Transaction {
    Single,
    None
  }

  /** Rows of one table that come back as they were. */
  @SchemaCustomizer(value = NotOwnRecord.class, input = "table")
  public record Remember(
      @Required
          @Size(min = 1, max = 200)
          @JsonPropertyDescription("The table, as in SQL: orders or shop.orders.")
          String table,
      @Required
          @Size(min = 1, max = 8)
          @JsonPropertyDescription(
              "Columns that say which row it is, unique together; the statements must not change them.")
          List<@Size(min = 1, max = 63) String> key,
      @Required
          @Size(min = 1, max = 64)
          @JsonPropertyDescription(
              "Columns whose values are kept. Where rows are deleted, all columns are needed.")
          List<@Size(min = 1, max = 63) String> columns,
      @Size(min = 1, max = 4096)
          @MayHoldArgs(escape = Escape.BIND)
          @JsonPropertyDescription(
              "An SQL condition on the rows; absent: all rows. :name stands for arg name.")
          String where) {}

  /** What must be true before the transaction is committed. */
  public record Check(
      @Required
          @Size(min = 1, max = 16384)
          @MayHoldArgs(escape = Escape.BIND)
          @JsonPropertyDescription("One SELECT; :name stands for arg name.")
          String query,
      @Required
          @Size(min = 1, max = 2048)
          @JsonPropertyDescription(
              "CEL, true means good. Sees value (first column of the first row), rows (up to 100), before (value before the statements; null when it could not be read), affected (number of rows).")
          String successCondition) {}
}
