package dev.backstep.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * A trigger as it is in the catalogue.
 *
 * @param table with its schema
 * @param off the DDL that turns it off
 * @param isOff it is off already
 * @param created somebody created it; else it checks a constraint
 * @param internal only a superuser may touch it
 */
record LiveTrigger(
    String table, String name, String off, boolean isOff, boolean created, boolean internal) {

  /** As people call it. */
  String shown() {
    return "trigger %s of %s".formatted(name, table);
  }

  /** What turns it off, as it is now. */
  Alteration alteration(Connection connection) throws SQLException {
    var key = Map.of("table", table, "trigger", name);
    var shown = "%s: off".formatted(shown());
    var alteration = new Alteration(CatalogKind.TRIGGER, key, shown(), "", off, shown);
    return alteration.at(CatalogKind.TRIGGER.state(connection, alteration.keyJson()).orElse(""));
  }
}
