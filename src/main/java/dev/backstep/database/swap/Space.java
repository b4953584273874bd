package dev.backstep.database.swap;

import dev.backstep.database.Session;
import dev.backstep.problem.Problem;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Whether a database has space beside itself. No query tells what is free on the server's disk, so
 * it is known only where the Secret says how much that holds, and no tablespace is on another one;
 * what else is on it than databases, such as the log, is not counted.
 */
final class Space {
  /** Of a database that this user is not told the size of, nothing is counted. */
  private static final String NEEDED =
      """
      WITH known AS (
        SELECT d.oid, pg_catalog.pg_database_size(d.oid) AS bytes FROM pg_catalog.pg_database d
        WHERE pg_catalog.has_database_privilege(d.oid, 'CONNECT')
          OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE'))
      SELECT live.bytes + pg_catalog.sum(known.bytes) > ?, pg_catalog.pg_size_pretty(live.bytes),
        pg_catalog.pg_size_pretty(live.bytes + pg_catalog.sum(known.bytes)),
        pg_catalog.pg_size_pretty(?::bigint)
      FROM known, (SELECT bytes FROM known WHERE oid = ?) live
      WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global'))
      GROUP BY live.bytes
      """;

  private Space() {}

  /** What is wrong; empty: it fits, it is there already, or nobody can tell. */
  static Optional<Problem> problem(Session session, Databases databases) throws SQLException {
    var disk = session.diskBytes();
    if (disk.isEmpty() || databases.side().isPresent() || databases.liveOne().isEmpty()) {
      return Optional.empty();
    }
    try (var query = session.connection().prepareStatement(NEEDED)) {
      query.setLong(1, disk.getAsLong());
      query.setLong(2, disk.getAsLong());
      query.setLong(3, databases.liveOne().get().oid());
      try (var found = query.executeQuery()) {
        return found.next() && found.getBoolean(1)
            ? Optional.of(
                new Problem(
                    "RestoreNeedsSpace",
                    "Database %s has %s, and a restore needs as much beside it: then the databases of the server would have %s, and its disk has %s, as key diskSize of Secret %s says. Make space, as by dropping what an earlier restore kept, or give it a larger disk and correct the key."
                        .formatted(
                            databases.live(),
                            found.getString(2),
                            found.getString(3),
                            found.getString(4),
                            session.secret())))
            : Optional.empty();
      }
    }
  }
}
