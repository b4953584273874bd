package dev.backstep.database;

import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which triggers of the tables that a plan names are turned off, and what is in the way. A table
 * that is named twice, or as a partition of another, counts once.
 */
final class TriggersOff {
  private final boolean all;
  private final Connection connection;
  private final String database;
  private final Map<String, LiveTrigger> wanted = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /**
   * Of tables in one database.
   *
   * @param all true: also those that check constraints
   * @param database how people call it
   */
  TriggersOff(boolean all, Connection connection, String database) {
    this.all = all;
    this.connection = connection;
    this.database = database;
  }

  /** Those that are to be off, also those that are so already. */
  Collection<LiveTrigger> wanted() {
    return wanted.values();
  }

  /** What is left as it is, for people. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** Adds the triggers of a table. */
  void add(String name) throws SQLException {
    var table = LiveTable.found(connection, name);
    if (table.isEmpty()) {
      problem(
          "TableMissing",
          "There is no table %s in the %s. Correct disableTriggers.tables: a name without a schema is looked for in public."
              .formatted(name, database));
      return;
    }
    var own = OwnRecord.problem(table.get().name());
    if (own.isPresent()) {
      problems.add(own.get());
      return;
    }
    var triggers = table.get().triggers(connection);
    var some = triggers.stream().filter(it -> all || it.created()).toList();
    check(table.get(), some);
    some.forEach(it -> wanted.putIfAbsent(it.shown(), it));
    note(some.stream().filter(LiveTrigger::isOff).toList(), "off already");
    note(
        triggers.stream().filter(it -> !some.contains(it)).toList(),
        "stays on, because it checks a constraint");
  }

  private void note(List<LiveTrigger> triggers, String what) {
    triggers.forEach(it -> notes.add("%s: %s".formatted(it.shown(), what)));
  }

  private void check(LiveTable table, List<LiveTrigger> some) {
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
    if (!table.superuser() && some.stream().anyMatch(LiveTrigger::internal)) {
      problem(
          "SuperuserNeeded",
          "User %s is no superuser of the %s, and some triggers of table %s are the server's own: those of constraints, and up to PostgreSQL 14 those of partitions. Set disableTriggers.triggers to User, name no partitioned table, or let the Secret have a superuser."
              .formatted(table.user(), database, table.name()));
    }
  }

  private void problem(String reason, String message) {
    problems.add(new Problem(reason, message));
  }
}
