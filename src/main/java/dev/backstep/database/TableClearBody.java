package dev.backstep.database;

import dev.backstep.api.v1alpha1.sync.ClearTable.Method;
import dev.backstep.effect.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** What the emptying of a table, or taking that back, does in its transaction. */
final class TableClearBody {
  private static final String COLUMNS =
      """
      SELECT string_agg(quote_ident(b.attname), ', ' ORDER BY b.attnum)
      FROM pg_catalog.pg_attribute b JOIN pg_catalog.pg_attribute t ON t.attname = b.attname
      WHERE b.attrelid = to_regclass(?) AND t.attrelid = to_regclass(?) AND b.attnum > 0
        AND t.attnum > 0 AND NOT b.attisdropped AND NOT t.attisdropped AND t.attgenerated = ''
      """;

  /** Nobody wants to know of each row, and nobody refers to them. */
  private static final String MAY_TRUNCATE =
      """
      SELECT relkind = 'r' AND NOT relhassubclass AND has_table_privilege(t.oid, 'TRUNCATE')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
          WHERE tgrelid = t.oid AND NOT tgisinternal AND tgenabled <> 'D' AND tgtype::int & 40 <> 0)
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
          WHERE contype = 'f' AND confrelid = t.oid AND conrelid <> confrelid)
      FROM pg_catalog.pg_class t WHERE t.oid = %d
      """;

  private final Connection connection;
  private final TableClearing effect;
  private final String mark;

  TableClearBody(Connection connection, TableClearing effect, String mark) {
    this.connection = connection;
    this.effect = effect;
    this.mark = mark;
  }

  /**
   * Does it all.
   *
   * @throws NotDoneException when it is to be rolled back, with how the effect ends then
   */
  Outcome.Applied done() throws SQLException, NotDoneException {
    // A policy that hides rows is an error, and not fewer rows.
    execute("SET LOCAL row_security = off");
    return effect.reverses() == null ? cleared() : putBack();
  }

  private Outcome.Applied cleared() throws SQLException, NotDoneException {
    var swap = effect.method() == Method.Swap;
    var atOnce = swap || asked(MAY_TRUNCATE.formatted(effect.oid()));
    execute(
        "LOCK TABLE %s IN %s MODE"
            .formatted(effect.table(), atOnce ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE"));
    var table = LiveTable.found(connection, effect.table());
    if (table.isEmpty()
        || table.get().oid() != effect.oid()
        || atOnce != (swap || asked(MAY_TRUNCATE.formatted(effect.oid())))) {
      throw new NotDoneException(new Outcome.Refused(null));
    }
    checkDependents();
    if (isEmpty()) {
      return Outcome.Applied.saying("0 rows taken: table %s was empty".formatted(effect.table()));
    }
    var rows = swap ? swapped() : copied(atOnce);
    checkItems(rows);
    if (!isEmpty()) {
      throw notAllTaken(rows);
    }
    new Backups(connection, effect).keep(rows, mark);
    return Outcome.Applied.saying(
        "%d rows of table %s taken into table %s, 0 left"
            .formatted(rows, effect.table(), effect.backup()));
  }

  /** The rows are counted where they are kept. */
  private long swapped() throws SQLException, NotDoneException {
    new TableSwap(connection, effect).done();
    return count(effect.backup());
  }

  private long copied(boolean atOnce) throws SQLException, NotDoneException {
    var rows = changed("CREATE TABLE %s AS TABLE %s".formatted(effect.backup(), effect.table()));
    if (atOnce) {
      execute("TRUNCATE TABLE %s".formatted(effect.table()));
    } else if (changed("DELETE FROM %s".formatted(effect.table())) != rows) {
      throw notAllTaken(rows);
    }
    return rows;
  }

  private NotDoneException notAllTaken(long rows) {
    return NotDoneException.failed(
        "NotAllTaken",
        "Of %d rows of table %s some would be left, so all was rolled back: a trigger of the table keeps them. Look at its triggers."
            .formatted(rows, effect.table()));
  }

  private void checkDependents() throws SQLException, NotDoneException {
    var problems = TableDependents.of(connection, effect.oid()).problems(effect.method());
    if (!problems.isEmpty()) {
      throw NotDoneException.failed(problems.get(0).reason(), problems.get(0).message());
    }
  }

  private void checkItems(long rows) throws NotDoneException {
    if (effect.maxItems() != null && rows > effect.maxItems()) {
      throw NotDoneException.failed(
          "TooManyItems",
          "There are %d rows in table %s, and maxItems is %d. Nothing was done. Raise it, if that many may go."
              .formatted(rows, effect.table(), effect.maxItems()));
    }
  }

  private Outcome.Applied putBack() throws SQLException, NotDoneException {
    var backup = LiveTable.found(connection, effect.backup());
    if (backup.isEmpty()) {
      return withoutBackup();
    }
    var columns = columns();
    var rows = count(effect.backup());
    var back =
        changed(
            "INSERT INTO %1$s (%3$s) OVERRIDING SYSTEM VALUE SELECT %3$s FROM %2$s ON CONFLICT DO NOTHING"
                .formatted(effect.table(), effect.backup(), columns));
    return new Outcome.Applied(
        null,
        "%d rows put back".formatted(back),
        back == rows
            ? null
            : "%d rows of table %s are not put back, because their keys are taken by now: they are in table %s"
                .formatted(rows - back, effect.table(), effect.backup()));
  }

  private String columns() throws SQLException {
    try (var query = connection.prepareStatement(COLUMNS)) {
      query.setString(1, effect.backup());
      query.setString(2, effect.table());
      try (var found = query.executeQuery()) {
        found.next();
        return found.getString(1);
      }
    }
  }

  /** An empty table has none. */
  private Outcome.Applied withoutBackup() throws SQLException {
    var said = Markers.row(connection, effect.reverses()).map(Markers.Row::said).orElse("").strip();
    return said.startsWith("0 rows")
        ? Outcome.Applied.saying("0 rows put back")
        : new Outcome.Applied(
            null,
            "0 rows put back",
            "the rows of table %s are not put back, because its backup %s was dropped"
                .formatted(effect.table(), effect.backup()));
  }

  private boolean isEmpty() throws SQLException {
    return asked("SELECT NOT EXISTS (SELECT FROM %s)".formatted(effect.table()));
  }

  private boolean asked(String query) throws SQLException {
    try (var statement = connection.createStatement();
        var answer = statement.executeQuery(query)) {
      answer.next();
      return answer.getBoolean(1);
    }
  }

  private long count(String table) throws SQLException {
    try (var statement = connection.createStatement();
        var counted = statement.executeQuery("SELECT count(*) FROM " + table)) {
      counted.next();
      return counted.getLong(1);
    }
  }

  private long changed(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      return statement.executeLargeUpdate(sql);
    }
  }

  private void execute(String sql) throws SQLException {
    CatalogKind.execute(connection, sql);
  }

  /** Names in a sentence. */
  static String named(List<String> names) {
    return names.stream().limit(10).collect(Collectors.joining(", "));
  }
}
