package dev.backstep.database.swap;

import dev.backstep.database.Identity;
import dev.backstep.database.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The databases of one restore, as the server has them now.
 *
 * @param system the server's system identifier; null: the user of the Secret may not read it
 * @param live the name that the Secret says
 * @param all those of the restore, of all attempts, and the live one
 */
public record Databases(String system, String live, Names names, List<One> all) {
  /** Its size is only told to those who may connect to it, and to those who may see all. */
  private static final String FOUND =
      """
      SELECT d.datname, d.oid::bigint, pg_catalog.pg_get_userbyid(d.datdba),
        d.datallowconn AND d.datconnlimit <> -2,
        pg_catalog.shobj_description(d.oid, 'pg_database'),
        CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT')
            OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
          THEN pg_catalog.pg_database_size(d.oid) END
      FROM pg_catalog.pg_database d
      WHERE d.datname = ? OR pg_catalog.starts_with(d.datname::text, ?)
      ORDER BY d.oid
      """;

  public Databases {
    all = List.copyOf(all);
  }

  /**
   * One database.
   *
   * @param owner name of the role
   * @param accepts false: it takes no connections, of nobody
   * @param comment as it is; null: none
   * @param bytes on the disk; empty: the user of the Secret is not told
   */
  public record One(
      String name, long oid, String owner, boolean accepts, String comment, OptionalLong bytes) {
    /** What it says of itself; empty: it is nobody's of ours. */
    public Optional<Note> note() {
      return Note.of(comment);
    }

    /** True when a restore with these names made it, or put it aside. */
    public boolean isOf(Names names) {
      return note().filter(it -> it.restore().equals(names.tag())).isPresent();
    }

    /** True when a restore with these names left it so. */
    public boolean is(Names names, Note.State state) {
      return isOf(names) && note().orElseThrow().state() == state;
    }
  }

  /** Asks the server, in a session with any of its databases. */
  static Databases of(Session session, Names names) throws SQLException {
    var all = new ArrayList<One>();
    try (var query = session.connection().prepareStatement(FOUND)) {
      query.setString(1, session.dbname());
      query.setString(2, names.prefix(session.dbname()));
      try (var found = query.executeQuery()) {
        while (found.next()) {
          all.add(one(found));
        }
      }
    }
    return new Databases(session.identity().system(), session.dbname(), names, all);
  }

  private static One one(ResultSet found) throws SQLException {
    var bytes = found.getLong(6);
    return new One(
        found.getString(1),
        found.getLong(2),
        found.getString(3),
        found.getBoolean(4),
        found.getString(5),
        found.wasNull() ? OptionalLong.empty() : OptionalLong.of(bytes));
  }

  private Optional<One> named(String name) {
    return all.stream().filter(it -> it.name().equals(name)).findFirst();
  }

  /** The one with this OID, whatever its name is. */
  public Optional<One> with(long oid) {
    return all.stream().filter(it -> it.oid() == oid).findFirst();
  }

  /** The one that is live. */
  public Optional<One> liveOne() {
    return named(live);
  }

  /** The one that this attempt loads. */
  public Optional<One> side() {
    return named(names.side(live));
  }

  /** The one that was live before the swap. */
  public Optional<One> old() {
    return named(names.old(live));
  }

  /** The one that a swap back took out of service. */
  public Optional<One> undone() {
    return named(names.undone(live));
  }

  /** Those that earlier attempts loaded, and later ones. */
  public List<One> otherSides() {
    var known = List.of(live, names.side(live), names.old(live), names.undone(live));
    return all.stream().filter(it -> !known.contains(it.name())).toList();
  }

  /** Which database an effect is about: the server, and the live one of now; OID 0: none is. */
  public Identity identity() {
    return new Identity(system, liveOne().map(One::oid).orElse(0L));
  }

  /** True when the database with this OID is the one that is live. */
  public boolean isLive(long oid) {
    return liveOne().filter(it -> it.oid() == oid).isPresent();
  }
}
