package dev.backstep.database;

import dev.backstep.api.v1alpha1.ladder.SchemaQuery;
import dev.backstep.database.Session.Limits;
import dev.backstep.effect.Author;
import dev.backstep.time.Durations;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Asks databases which schema they have, in the background. Nothing is written. */
@ApplicationScoped
public class Schemas {
  private final Sessions sessions;

  /** Sessions let two through to each database, so a few databases that hang hold up no others. */
  private final ExecutorService threads = Executors.newCachedThreadPool();

  public Schemas(Sessions sessions) {
    this.sessions = sessions;
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
    return CompletableFuture.supplyAsync(() -> asked(query, author), threads);
  }

  private Schema asked(SchemaQuery query, Author author) {
    var limit = Durations.of(query.timeout());
    try (var session = sessions.open(query.databaseRef().name(), author, limit)) {
      session.begin(false, new Limits(limit, limit));
      try (var statement = session.connection().createStatement()) {
        statement.execute("SET TRANSACTION READ ONLY");
      }
      return answer(session, only(query));
    } catch (NoSessionException e) {
      return new Schema(null, e.problem().message());
    } catch (NotDoneException e) {
      return new Schema(null, SqlErrors.said(e.outcome()));
    } catch (SQLException e) {
      return new Schema(null, SqlErrors.said(e, Map.of()));
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
  private static Schema answer(Session session, Script.Statement statement)
      throws SQLException, NotDoneException {
    try (var prepared = statement.prepared(session.connection(), Map.of())) {
      prepared.setMaxRows(1);
      try (var rows = prepared.executeQuery()) {
        return new Schema(rows.next() ? String.valueOf(rows.getString(1)) : "none", null);
      }
    }
  }

  @PreDestroy
  void stop() {
    threads.shutdownNow();
  }
}
