package dev.backstep.database;

import dev.backstep.api.v1alpha1.sync.ClearTable;
import dev.backstep.api.v1alpha1.sync.ClearTable.Method;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Which tables are to be emptied, and what keeps them from it. */
@ApplicationScoped
public class ClearTables {
  /** Nobody is kept waiting behind it for longer; it is tried again. */
  private static final Duration LOCK = Duration.ofSeconds(2);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss").withZone(ZoneOffset.UTC);

  private static final String BACKUP =
      """
      SELECT format('%I.%I', CASE WHEN ? THEN s.nspname ELSE 'backstep' END,
          left(t.relname, 40) || '_bs_' || ?),
        has_schema_privilege(s.oid, 'CREATE'), quote_ident(s.nspname),
        has_table_privilege(t.oid, 'SELECT') AND has_table_privilege(t.oid, 'DELETE'),
        coalesce(has_schema_privilege(to_regnamespace('backstep')::oid, 'CREATE'), true)
      FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      WHERE t.oid = ?
      """;

  private final DatabaseLooks looks;

  public ClearTables(DatabaseLooks looks) {
    this.looks = looks;
  }

  /** What the names of things that were made at this time have in them. */
  static String time(Instant taken) {
    return TIME.format(taken);
  }

  /**
   * What was found.
   *
   * @param effect what empties the table; empty: nothing can, or not now
   * @param problems why not
   * @param reached false: the database cannot be asked now
   */
  public record Found(Optional<TableClearing> effect, List<Problem> problems, boolean reached) {}

  /**
   * What empties the table; asked in the background.
   *
   * @param maxItems more rows than this are left where they are; null: any number
   * @param timeout within which it has to be done
   */
  public CompletionStage<Found> look(
      ClearTable queue, Integer maxItems, Instant now, Duration timeout, Author author) {
    return looks.later(
        queue.databaseRef().name(),
        author,
        session -> found(queue, maxItems, now, timeout, session),
        problem -> new Found(Optional.empty(), List.of(problem), false));
  }

  private static Found found(
      ClearTable queue, Integer maxItems, Instant now, Duration timeout, Session session)
      throws SQLException, NoSessionException {
    Markers.check(session);
    var table = LiveTable.found(session.connection(), queue.table());
    if (table.isEmpty()) {
      return new Found(Optional.empty(), List.of(missing(queue, session)), true);
    }
    var own = OwnRecord.problem(table.get().name());
    if (own.isPresent()) {
      return new Found(Optional.empty(), List.of(own.get()), true);
    }
    var problems = new ArrayList<Problem>();
    var backup = backup(queue, table.get(), now, session, problems);
    problems.addAll(
        TableDependents.of(session.connection(), table.get().oid()).problems(queue.method()));
    return problems.isEmpty()
        ? new Found(
            Optional.of(effect(queue, maxItems, now, timeout, session, table.get(), backup)),
            List.of(),
            true)
        : new Found(Optional.empty(), List.copyOf(problems), true);
  }

  private static Problem missing(ClearTable queue, Session session) {
    return new Problem(
        "TableMissing",
        "There is no table %s in the %s. Correct clear.table.table: a name without a schema is looked for in public."
            .formatted(queue.table(), session.name()));
  }

  private static String backup(
      ClearTable queue, LiveTable table, Instant now, Session session, List<Problem> problems)
      throws SQLException {
    try (var query = session.connection().prepareStatement(BACKUP)) {
      query.setBoolean(1, queue.method() == Method.Swap);
      query.setString(2, time(now));
      query.setLong(3, table.oid());
      try (var found = query.executeQuery()) {
        found.next();
        if (queue.method() == Method.Swap) {
          swapRights(table, found.getBoolean(2), found.getString(3), session, problems);
        } else {
          copyRights(table, found.getBoolean(4), found.getBoolean(5), session, problems);
        }
        return found.getString(1);
      }
    }
  }

  private static void swapRights(
      LiveTable table, boolean create, String schema, Session session, List<Problem> problems) {
    if (!table.owned()) {
      problems.add(
          new Problem(
              "TableNotOwned",
              "User %1$s may not put another table in the place of table %2$s in the %3$s, because that is its owner's right. Let the Secret have user %4$s, let an administrator execute: GRANT \"%4$s\" TO \"%1$s\"; or set clear.table.method to Copy."
                  .formatted(table.user(), table.name(), session.name(), table.owner())));
    }
    if (!create) {
      problems.add(
          new Problem(
              "SchemaForbidden",
              "User %1$s may not make tables in schema %2$s of the %3$s. Let its owner execute: GRANT CREATE ON SCHEMA %2$s TO \"%1$s\"; or set clear.table.method to Copy."
                  .formatted(table.user(), schema, session.name())));
    }
  }

  private static void copyRights(
      LiveTable table, boolean rows, boolean create, Session session, List<Problem> problems) {
    if (!rows) {
      problems.add(
          new Problem(
              "TableForbidden",
              "User %1$s may not read and delete rows of table %2$s in the %3$s. Let its owner execute: GRANT SELECT, DELETE ON %2$s TO \"%1$s\";"
                  .formatted(table.user(), table.name(), session.name())));
    }
    if (!create) {
      problems.add(
          new Problem(
              "SchemaForbidden",
              "User %1$s may not make tables in schema backstep of the %2$s, which another user made. Let that one execute: GRANT CREATE ON SCHEMA backstep TO \"%1$s\";"
                  .formatted(table.user(), session.name())));
    }
  }

  private static TableClearing effect(
      ClearTable queue,
      Integer maxItems,
      Instant now,
      Duration timeout,
      Session session,
      LiveTable table,
      String backup) {
    return new TableClearing(
        queue.databaseRef().name(),
        session.identity(),
        table.name(),
        table.oid(),
        backup,
        queue.method(),
        maxItems,
        now,
        queue.retention() == null ? null : Durations.of(queue.retention()),
        LOCK,
        timeout,
        null,
        "database %s: rows of table %s into a backup"
            .formatted(queue.databaseRef().name(), table.name()));
  }
}
