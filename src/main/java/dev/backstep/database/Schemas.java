package dev.backstep.database;

import dev.backstep.api.v1alpha1.ladder.SchemaQuery;
import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.effect.Author;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Asks databases which schema they have, in the background. Nothing is written. */
@ApplicationScoped
public class Schemas {
  private final Queries queries;

  public Schemas(Queries queries) {
    this.queries = queries;
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
    return queries
        .ask(question(query), author, Map.of(), Schemas::first)
        .handle((value, error) -> error == null ? new Schema(value, null) : unknown(error));
  }

  private static Query question(SchemaQuery query) {
    return new Query(query.databaseRef(), query.query(), null, null, query.timeout());
  }

  /** As PostgreSQL writes it. No row is an answer too: of one that no migration has seen. */
  private static String first(ResultSet rows) throws SQLException {
    return rows.next() ? String.valueOf(rows.getString(1)) : "none";
  }

  private static Schema unknown(Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : error;
    return new Schema(null, String.valueOf(cause.getMessage()));
  }
}
