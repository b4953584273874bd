package dev.backstep.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Which objects of the catalogue runs hold, as the database itself knows. */
final class HeldObjects {
  private static final String KNOWS = "SELECT to_regclass('backstep.remembered') IS NOT NULL";
  private static final String KEEPS =
      """
      SELECT e.mark FROM backstep.remembered r JOIN backstep.effect e ON e.mark = r.mark
      WHERE e.state = 'done' AND r.key = ?::jsonb AND r.after->>'ddl' = ?
        AND NOT starts_with(e.mark, ?)
      LIMIT 1
      """;

  private final Connection connection;
  private final String claim;
  private final boolean knows;

  /**
   * As one run sees it.
   *
   * @param claim of the run, whose own effects do not count
   */
  HeldObjects(Connection connection, String claim) throws SQLException {
    this.connection = connection;
    this.claim = claim;
    try (var query = connection.createStatement();
        var known = query.executeQuery(KNOWS)) {
      known.next();
      knows = known.getBoolean(1);
    }
  }

  /** That another run holds the object so, in a sentence; empty: none does. */
  Optional<String> held(Alteration alteration) throws SQLException {
    if (!knows) {
      return Optional.empty();
    }
    try (var query = connection.prepareStatement(KEEPS)) {
      query.setString(1, alteration.keyJson());
      query.setString(2, alteration.before());
      query.setString(3, "%s/".formatted(claim));
      try (var found = query.executeQuery()) {
        return found.next()
            ? Optional.of(
                "Another run holds %s as it is, by effect %s: its release would change it. Let that run be released first."
                    .formatted(alteration.name(), found.getString(1)))
            : Optional.empty();
      }
    }
  }
}
