package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Empties tables, and keeps what was in them. */
@Singleton
public class TableClearings extends OneTransaction<TableClearing> {
  private final Sessions sessions;

  public TableClearings(
      Sessions sessions, MarkedTransactions transactions, Fence fence, SqlReversals reversals) {
    super(TableClearing.class, transactions, fence, reversals);
    this.sessions = sessions;
  }

  @Override
  Outcome.Applied done(TableClearing effect, Connection connection, String mark)
      throws SQLException, NotDoneException {
    return new TableClearBody(connection, effect, mark).done();
  }

  /** Only counted: to try it would keep everybody from the table. */
  @Override
  public List<String> preview(TableClearing effect, Author author) {
    try (var session =
            sessions.openReading(effect.databaseRef(), author, effect.statementTimeout());
        var statement = session.connection().createStatement();
        var counted = statement.executeQuery("SELECT count(*) FROM " + effect.table())) {
      counted.next();
      return List.of(
          "%d rows of table %s into table %s"
              .formatted(counted.getLong(1), effect.table(), effect.backup()));
    } catch (NoSessionException e) {
      return List.of(e.problem().message());
    } catch (SQLException e) {
      return List.of(SqlErrors.said(e, Map.of()));
    }
  }
}
