package dev.backstep.resync;

import dev.backstep.database.Session;
import dev.backstep.database.Session.Limits;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A PostgreSQL as it was when it was opened: one transaction that sees nothing of others. */
final class PostgresSource implements Source {
  /** The server sends so many at a time; the driver takes no more than 16 MB of them. */
  private static final int FETCHED = 200;

  private static final String VERSION =
      "SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text";

  private static final String COLUMNS =
      """
      SELECT pg_catalog.format('%I.%I', s.nspname, t.relname), t.relkind IN ('r', 'p'), a.attname
      FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
      WHERE t.oid = pg_catalog.to_regclass(?) AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum
      """;

  private final Session session;

  private final String version;

  /** Takes the session as its own. */
  PostgresSource(Session session, Duration limit) throws SQLException {
    this.session = session;
    session.begin(true, new Limits(limit, limit));
    try (var statement = session.connection().createStatement();
        var said = statement.executeQuery(VERSION)) {
      said.next();
      version =
          "%s/%d/%s"
              .formatted(session.identity().system(), session.identity().oid(), said.getString(1));
    }
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Optional<SourceTable> table(String name) throws SQLException {
    try (var query = session.connection().prepareStatement(COLUMNS)) {
      query.setString(1, name);
      try (var found = query.executeQuery()) {
        var columns = new ArrayList<String>();
        var quoted = "";
        var order = "";
        while (found.next()) {
          quoted = found.getString(1);
          order = found.getBoolean(2) ? "ctid" : "";
          columns.add(found.getString(3));
        }
        return columns.isEmpty()
            ? Optional.empty()
            : Optional.of(new SourceTable(quoted, columns, order));
      }
    }
  }

  @Override
  public Figures figures(SourceTable table, List<String> key) throws SQLException {
    return SourceQueries.figures(session.connection(), table, key);
  }

  @Override
  public Rows rows(TableCopy table, List<CopiedColumn> columns, List<String> after)
      throws SQLException {
    // The server knows the type of a bind variable by what it is compared with.
    var bound = after.stream().map(it -> "?").collect(Collectors.joining(", "));
    var query =
        session
            .connection()
            .prepareStatement(
                SourceQueries.rows(table, SourceQueries.read(columns, "%s::text"), bound));
    query.setFetchSize(FETCHED);
    for (var at = 0; at < after.size(); at++) {
      query.setString(at + 1, after.get(at));
    }
    return new PostgresRows(query, query.executeQuery(), columns.size(), table.key().size());
  }

  @Override
  public void close() {
    session.close();
  }

  /** Values as the server writes them; the key comes first. */
  private record PostgresRows(PreparedStatement query, ResultSet rows, int columns, int key)
      implements Rows {
    @Override
    public boolean next() throws SQLException {
      return rows.next();
    }

    @Override
    public String[] values() throws SQLException {
      var values = new String[columns];
      for (var at = 0; at < columns; at++) {
        values[at] = rows.getString(at + 1);
      }
      return values;
    }

    @Override
    public List<String> place() throws SQLException {
      var place = new ArrayList<String>();
      for (var at = 1; at <= key; at++) {
        place.add(rows.getString(at));
      }
      return place;
    }

    @Override
    public void close() throws SQLException {
      try (query) {
        rows.close();
      }
    }
  }
}
