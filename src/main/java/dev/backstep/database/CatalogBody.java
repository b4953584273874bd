package dev.backstep.database;

import dev.backstep.effect.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a change of the catalogue does between the beginning of its transaction and the commit. What
 * each object was, and as what it was left, is kept in the database like rows are.
 */
final class CatalogBody {
  private static final String BEFORE =
      "INSERT INTO backstep.remembered (mark, part, table_name, key, before) VALUES (?, ?, ?, ?, jsonb_build_object('ddl', ?::text))";
  private static final String AFTER =
      "UPDATE backstep.remembered SET after = jsonb_build_object('ddl', ?::text) WHERE mark = ? AND part = ?";
  private static final String KEPT =
      "SELECT before->>'ddl', after->>'ddl' FROM backstep.remembered WHERE mark = ? AND part = ?";

  /** What is taken back is not kept by anybody any more. */
  private static final String DROP = "DELETE FROM backstep.remembered WHERE mark = ?";

  /** Functions that this transaction wrote, and that it was not about. */
  private static final String OTHERS =
      """
      SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_catalog.pg_proc p
      WHERE p.xmin = pg_current_xact_id()::xid AND NOT EXISTS (
        SELECT FROM backstep.remembered r
        WHERE r.mark = ? AND to_regprocedure(r.key->>'function') = p.oid)
      """;

  /**
   * For partitions that were made since, PostgreSQL copied triggers that were off: each is to be as
   * the one that it was copied from.
   */
  private static final String COPIES =
      """
      SELECT format('ALTER TABLE ONLY %I.%I ENABLE %s TRIGGER %I', s.nspname, t.relname,
        CASE o.tgenabled WHEN 'R' THEN 'REPLICA' WHEN 'A' THEN 'ALWAYS' ELSE '' END, g.tgname)
      FROM pg_catalog.pg_trigger g
      JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
      JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      JOIN pg_catalog.pg_trigger o ON o.oid = g.tgparentid
      JOIN backstep.remembered r ON to_regclass(r.key->>'table') = o.tgrelid
        AND r.key->>'trigger' = o.tgname
      WHERE r.mark = ? AND g.tgenabled = 'D' AND o.tgenabled <> 'D' AND NOT EXISTS (
        SELECT FROM backstep.remembered k
        WHERE k.mark = r.mark AND to_regclass(k.key->>'table') = t.oid
          AND k.key->>'trigger' = g.tgname)
      """;

  private final Connection connection;
  private final CatalogChange change;
  private final String mark;

  CatalogBody(Connection connection, CatalogChange change, String mark) {
    this.connection = connection;
    this.change = change;
    this.mark = mark;
  }

  /**
   * Does it all.
   *
   * @throws NotDoneException when it is to be rolled back, with how the effect ends then
   */
  Outcome.Applied done() throws SQLException, NotDoneException {
    return change.reverses() == null ? altered() : givenBack();
  }

  private Outcome.Applied altered() throws SQLException, NotDoneException {
    var alterations = change.alterations();
    for (var part = 0; part < alterations.size(); part++) {
      alter(part, alterations.get(part));
    }
    checkOthers();
    return Outcome.Applied.saying("%d altered".formatted(alterations.size()));
  }

  private void alter(int part, Alteration alteration) throws SQLException, NotDoneException {
    var key = alteration.keyJson();
    var now = alteration.kind().locked(connection, key);
    if (!now.equals(Optional.of(alteration.before()))) {
      throw new NotDoneException(new Outcome.Refused(null));
    }
    try (var insert = connection.prepareStatement(BEFORE)) {
      insert.setString(1, mark);
      insert.setInt(2, part);
      insert.setString(3, alteration.name());
      insert.setString(4, key);
      insert.setString(5, alteration.before());
      insert.executeUpdate();
    }
    execute(alteration.change(), alteration);
    try (var update = connection.prepareStatement(AFTER)) {
      update.setString(1, alteration.kind().state(connection, key).orElse(null));
      update.setString(2, mark);
      update.setInt(3, part);
      update.executeUpdate();
    }
  }

  private void execute(String ddl, Alteration alteration) throws SQLException, NotDoneException {
    try {
      CatalogKind.execute(connection, ddl);
    } catch (SQLException e) {
      throw new NotDoneException(SqlErrors.outcome(e, change.binds(), alteration.name()));
    }
  }

  /** A definition with other arguments makes another function, beside the one that it is for. */
  private void checkOthers() throws SQLException, NotDoneException {
    try (var query = connection.prepareStatement(OTHERS)) {
      query.setString(1, mark);
      try (var others = query.executeQuery()) {
        others.next();
        if (others.getString(1) != null) {
          throw NotDoneException.failed(
              "OtherFunction",
              "A definition makes %s, and not the function that its name and argTypes say, so all was rolled back. Correct definition, or name and argTypes."
                  .formatted(others.getString(1)));
        }
      }
    }
  }

  private Outcome.Applied givenBack() throws SQLException, NotDoneException {
    var alterations = change.alterations();
    List<String> drifted = new ArrayList<>();
    var back = 0;
    for (var part = alterations.size() - 1; part >= 0; part--) {
      var alteration = alterations.get(part);
      switch (giveBack(part, alteration)) {
        case BACK -> back++;
        case DRIFTED -> drifted.add(alteration.name());
        case THERE -> {}
      }
    }
    giveBackCopies();
    drop();
    return new Outcome.Applied(
        null, "%d put back".formatted(back), Drifts.said(drifted).orElse(null));
  }

  private enum Back {
    BACK,
    THERE,
    DRIFTED
  }

  private Back giveBack(int part, Alteration alteration) throws SQLException, NotDoneException {
    try (var query = connection.prepareStatement(KEPT)) {
      query.setString(1, change.reverses());
      query.setInt(2, part);
      return giveBack(query, alteration);
    }
  }

  private Back giveBack(PreparedStatement query, Alteration alteration)
      throws SQLException, NotDoneException {
    try (var kept = query.executeQuery()) {
      if (!kept.next()) {
        return Back.DRIFTED;
      }
      var before = kept.getString(1);
      var now = alteration.kind().locked(connection, alteration.keyJson());
      if (now.equals(Optional.of(before))) {
        return Back.THERE;
      }
      if (now.isEmpty() || !now.equals(Optional.ofNullable(kept.getString(2)))) {
        return Back.DRIFTED;
      }
      execute(before, alteration);
      checkSame(before, alteration);
      return Back.BACK;
    }
  }

  private void giveBackCopies() throws SQLException {
    List<String> copies = new ArrayList<>();
    try (var query = connection.prepareStatement(COPIES)) {
      query.setString(1, change.reverses());
      try (var found = query.executeQuery()) {
        while (found.next()) {
          copies.add(found.getString(1));
        }
      }
    }
    for (var copy : copies) {
      CatalogKind.execute(connection, copy);
    }
  }

  private void drop() throws SQLException {
    try (var delete = connection.prepareStatement(DROP)) {
      delete.setString(1, change.reverses());
      delete.executeUpdate();
    }
  }

  private void checkSame(String before, Alteration alteration)
      throws SQLException, NotDoneException {
    var now = alteration.kind().state(connection, alteration.keyJson());
    if (!now.equals(Optional.of(before))) {
      throw NotDoneException.failed(
          "NotTheSame",
          "The %s would not be as it was before, so all was rolled back. What it was is in backstep.remembered, for mark %s."
              .formatted(alteration.name(), change.reverses()));
    }
  }
}
