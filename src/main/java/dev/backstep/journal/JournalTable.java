package dev.backstep.journal;

import dev.backstep.api.JournalEntry;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The table that the journal is kept in: one row for each transition. */
@ApplicationScoped
public class JournalTable {
  private static final String INSERT =
      """
      INSERT INTO run_transition (kind, namespace, name, uid, run, claim, seq, at, phase, stage, \
      action, reason, message) \
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
      ON CONFLICT (uid, claim, seq) DO NOTHING\
      """;

  private final Database database;
  private volatile boolean migrated;

  @Inject
  public JournalTable(Instance<AgroalDataSource> dataSource, Instance<Flyway> flyway) {
    this(new Database(dataSource::get, flyway::get));
  }

  JournalTable(Database database) {
    this.database = database;
  }

  /** Where the table is; asked for only when it is needed, because a journal is optional. */
  record Database(Supplier<? extends DataSource> connections, Supplier<Flyway> migration) {}

  /** The database does not answer, whatever it is asked. */
  public static final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnreachableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Writes the rows that are not there yet.
   *
   * @throws UnreachableException when the database does not answer
   * @throws RuntimeException when it does not take these rows
   */
  public void write(ObjectId object, List<? extends JournalEntry> transitions)
      throws UnreachableException {
    migrate();
    try (var connection = database.connections().get().getConnection();
        var statement = connection.prepareStatement(INSERT)) {
      for (var transition : transitions) {
        bind(statement, object, transition);
        statement.addBatch();
      }
      statement.executeBatch();
    } catch (SQLException e) {
      if (ofTheRows(e)) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
      throw new UnreachableException(e.getMessage(), e);
    }
  }

  /** Classes 22 and 23 of SQL's states: the data are wrong, or break a constraint. */
  private static boolean ofTheRows(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().matches("2[23]...");
  }

  /** Not at the start, because a database that is down must not keep the operator from starting. */
  private void migrate() throws UnreachableException {
    if (migrated) {
      return;
    }
    try {
      database.migration().get().migrate();
      migrated = true;
    } catch (FlywayException e) {
      throw new UnreachableException(e.getMessage(), e);
    }
  }

  private static void bind(PreparedStatement statement, ObjectId object, JournalEntry transition)
      throws SQLException {
    statement.setString(1, object.kind());
    statement.setString(2, object.namespace());
    statement.setString(3, object.name());
    statement.setString(4, object.uid());
    statement.setString(5, transition.run());
    statement.setString(6, transition.claim());
    statement.setLong(7, transition.seq());
    statement.setTimestamp(8, Timestamp.from(transition.at()));
    statement.setString(9, transition.phase().name());
    statement.setString(10, transition.stage());
    statement.setString(11, transition.action());
    statement.setString(12, transition.reason());
    statement.setString(13, transition.message());
  }
}
