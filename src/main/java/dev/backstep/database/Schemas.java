package dev.backstep.database;

import dev.backstep.api.v1alpha1.ladder.SchemaQuery;
import dev.backstep.effect.Author;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks databases which schema they have, in the background. Nothing is written. */
@ApplicationScoped
public class Schemas {
  private final DatabaseLooks looks;

  public Schemas(DatabaseLooks looks) {
    this.looks = looks;
  }

  /**
   * What a database said.
   *
   * @param value as text; null: it could not be asked, or nobody asks
   * @param problem why it could not be asked; null: it could
   */
  public record Schema(String value, String problem) {
    /** Nobody asks. */
    public static final Schema NONE = new Schema(null, null);
  }

  /** Asks; never fails. */
  public CompletionStage<Schema> ask(SchemaQuery query, Author author) {
    try {
      var statement = only(query);
      return looks.reading(
          query.databaseRef().name(),
          author,
          Durations.of(query.timeout()),
          session -> answer(session, statement),
          problem -> new Schema(null, problem.message()));
    } catch (NotDoneException e) {
      return CompletableFuture.completedStage(new Schema(null, SqlErrors.said(e.outcome())));
    }
  }

  private static Script.Statement only(SchemaQuery query) throws NotDoneException {
    var script = Script.of(query.query());
    script.checkAllowed();
    if (script.statements().size() != 1) {
      throw NotDoneException.failed(
          "QueryInvalid",
          "spec.stable.schema.query has %d statements. Let it be one SELECT."
              .formatted(script.statements().size()));
    }
    return script.statements().get(0);
  }

  /** No row is an answer too: of a database that no migration has seen. */
  private static Schema answer(Session session, Script.Statement statement) throws SQLException {
    try (var prepared = statement.prepared(session.connection(), Map.of())) {
      prepared.setMaxRows(1);
      try (var rows = prepared.executeQuery()) {
        return new Schema(rows.next() ? String.valueOf(rows.getString(1)) : "none", null);
      }
    }
  }
}
