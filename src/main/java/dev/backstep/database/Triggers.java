package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.DisableTriggers;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Which triggers tables have, and what keeps them from being turned off. */
@ApplicationScoped
public class Triggers {
  private static final String TABLE =
      """
      SELECT t.oid::bigint, format('%I.%I', s.nspname, t.relname), pg_get_userbyid(t.relowner),
        pg_has_role(t.relowner, 'USAGE'), current_user, current_setting('is_superuser')::boolean
      FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      WHERE t.oid = to_regclass(?) AND t.relkind IN ('r', 'p', 'f')
      """;

  /** Those of partitions too. What checks a constraint was not created by anybody. */
  private static final String TRIGGERS =
      """
      SELECT format('%I.%I', s.nspname, t.relname), g.tgname,
        format('ALTER TABLE ONLY %I.%I DISABLE TRIGGER %I', s.nspname, t.relname, g.tgname),
        g.tgenabled = 'D', g.tgconstraint = 0 OR c.contype = 't', g.tgisinternal
      FROM pg_catalog.pg_trigger g
      JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
      JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      LEFT JOIN pg_catalog.pg_constraint c ON c.oid = g.tgconstraint
      WHERE t.oid = ? OR t.oid IN (SELECT relid FROM pg_partition_tree(?))
      ORDER BY t.oid <> ?, 1, 2
      """;

  private final DatabaseLooks looks;

  public Triggers(DatabaseLooks looks) {
    this.looks = looks;
  }

  /**
   * What would be turned off; asked in the background.
   *
   * @param claim of the run that asks; null: there is none
   */
  public CompletionStage<CatalogFound> look(DisableTriggers action, Author author, String claim) {
    return looks.later(
        action.databaseRef().name(),
        author,
        session -> found(action, session, claim),
        CatalogFound::nothing);
  }

  /** What keeps it from being done; asked in the background. */
  public CompletionStage<List<Problem>> problems(DisableTriggers action, Author author) {
    return looks.later(
        action.databaseRef().name(),
        author,
        session -> {
          Markers.check(session);
          return found(action, session, null).problems();
        },
        List::of);
  }

  private static CatalogFound found(DisableTriggers action, Session session, String claim)
      throws SQLException {
    var seen = new Seen(action.triggers() == DisableTriggers.Triggers.All, session.name());
    for (var name : action.tables()) {
      var table = table(session.connection(), name);
      if (table.isPresent()) {
        seen.add(table.get(), triggers(session.connection(), table.get()));
      } else {
        seen.missing(name);
      }
    }
    return seen.found(session, claim);
  }

  private record Table(
      long oid, String name, String owner, boolean owned, String user, boolean superuser) {}

  /**
   * A trigger.
   *
   * @param off the DDL that turns it off
   * @param isOff it is off already
   * @param created somebody created it; else it checks a constraint
   * @param internal only a superuser may touch it
   */
  private record Trigger(
      String table, String name, String off, boolean isOff, boolean created, boolean internal) {
    String shown() {
      return "trigger %s of %s".formatted(name, table);
    }

    Alteration alteration(Connection connection) throws SQLException {
      var key = Map.of("table", table, "trigger", name);
      var shown = "%s: off".formatted(shown());
      var alteration = new Alteration(CatalogKind.TRIGGER, key, shown(), "", off, shown);
      return alteration.at(CatalogKind.TRIGGER.state(connection, alteration.keyJson()).orElse(""));
    }
  }

  private static Optional<Table> table(Connection connection, String name) throws SQLException {
    try (var query = connection.prepareStatement(TABLE)) {
      query.setString(1, name);
      try (var found = query.executeQuery()) {
        return found.next()
            ? Optional.of(
                new Table(
                    found.getLong(1),
                    found.getString(2),
                    found.getString(3),
                    found.getBoolean(4),
                    found.getString(5),
                    found.getBoolean(6)))
            : Optional.empty();
      }
    }
  }

  private static List<Trigger> triggers(Connection connection, Table table) throws SQLException {
    try (var query = connection.prepareStatement(TRIGGERS)) {
      for (var i = 1; i <= 3; i++) {
        query.setLong(i, table.oid());
      }
      List<Trigger> triggers = new ArrayList<>();
      try (var found = query.executeQuery()) {
        while (found.next()) {
          triggers.add(
              new Trigger(
                  found.getString(1),
                  found.getString(2),
                  found.getString(3),
                  found.getBoolean(4),
                  found.getBoolean(5),
                  found.getBoolean(6)));
        }
      }
      return triggers;
    }
  }

  /** What was seen so far; a table that is named twice, or a partition of another, counts once. */
  private static final class Seen {
    private final boolean all;
    private final String database;
    private final Map<String, Trigger> wanted = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    Seen(boolean all, String database) {
      this.all = all;
      this.database = database;
    }

    void missing(String name) {
      problem(
          "TableMissing",
          "There is no table %s in the %s. Correct disableTriggers.tables: a name without a schema is looked for in public."
              .formatted(name, database));
    }

    void add(Table table, List<Trigger> triggers) {
      var some = triggers.stream().filter(it -> all || it.created()).toList();
      check(table, some);
      some.forEach(it -> wanted.putIfAbsent(it.shown(), it));
      note(some.stream().filter(Trigger::isOff).map(Trigger::shown).toList(), "off already");
      note(
          triggers.stream().filter(it -> !some.contains(it)).map(Trigger::shown).toList(),
          "stays on, because it checks a constraint");
    }

    private void check(Table table, List<Trigger> some) {
      if (!table.owned()) {
        problem(
            "TableNotOwned",
            "User %1$s may not turn off triggers of table %2$s in the %3$s, because that is its owner's right. Let the Secret have user %4$s, or let an administrator execute: GRANT \"%4$s\" TO \"%1$s\";"
                .formatted(table.user(), table.name(), database, table.owner()));
      }
      if (some.isEmpty()) {
        problem(
            "NoTriggers",
            "Table %s in the %s has no trigger that could be turned off. Take it out of disableTriggers.tables."
                .formatted(table.name(), database));
      }
      if (!table.superuser() && some.stream().anyMatch(Trigger::internal)) {
        problem(
            "SuperuserNeeded",
            "User %s is no superuser of the %s, and some triggers of table %s are the server's own: those of constraints, and up to PostgreSQL 14 those of partitions. Set disableTriggers.triggers to User, name no partitioned table, or let the Secret have a superuser."
                .formatted(table.user(), database, table.name()));
      }
    }

    private void problem(String reason, String message) {
      problems.add(new Problem(reason, message));
    }

    private void note(List<String> triggers, String what) {
      triggers.forEach(it -> notes.add("%s: %s".formatted(it, what)));
    }

    CatalogFound found(Session session, String claim) throws SQLException {
      var holders = new HeldObjects(session.connection(), claim);
      List<String> held = new ArrayList<>();
      List<Alteration> alterations = new ArrayList<>();
      for (var trigger : wanted.values()) {
        var alteration = trigger.alteration(session.connection());
        holders.held(alteration).ifPresent(held::add);
        if (!trigger.isOff()) {
          alterations.add(alteration);
        }
      }
      return new CatalogFound(Optional.of(session.identity()), alterations, notes, held, problems);
    }
  }
}
