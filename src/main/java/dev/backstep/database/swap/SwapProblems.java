package dev.backstep.database.swap;

import dev.backstep.database.OwnDatabase;
import dev.backstep.database.Session;
import dev.backstep.problem.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What would keep a database from being swapped for another one, found before anything is done. All
 * of it is asked in one session with the maintenance database.
 */
final class SwapProblems {
  /** From PostgreSQL 16 on, to have a role's rights and to give things to it are two things. */
  private static final String RIGHTS =
      """
      SELECT r.rolcreatedb, pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'),
        pg_catalog.pg_has_role(d.datdba, 'USAGE'), pg_catalog.pg_get_userbyid(d.datdba),
        d.datistemplate,
        t.spcname = 'pg_default' OR pg_catalog.has_tablespace_privilege(t.oid, 'CREATE'),
        t.spcname
      FROM pg_catalog.pg_database d
      JOIN pg_catalog.pg_roles r ON r.rolname = current_user
      JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
      WHERE d.oid = ?
      """;

  private static final String MAY_GIVE =
      "SELECT pg_catalog.pg_has_role(datdba, CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) FROM pg_catalog.pg_database WHERE oid = ?";

  private final Session session;
  private final Names names;
  private final OwnDatabase own;

  SwapProblems(Session session, Names names, OwnDatabase own) {
    this.session = session;
    this.names = names;
    this.own = own;
  }

  /** All of them; empty: nothing speaks against it. */
  List<Problem> all() throws SQLException {
    var databases = Databases.of(session, names);
    var live = databases.liveOne();
    if (live.isEmpty()) {
      return List.of(
          problem(
              "DatabaseMissing",
              "There is no database %s beside the %s. Correct dbname in Secret %s.",
              databases.live(),
              session.name(),
              session.secret()));
    }
    if (live.get().oid() == session.identity().oid()) {
      return List.of(
          problem(
              "RestoreInMaintenance",
              "The database %1$s cannot be renamed, because it is the one from which it would have to be. Let key maintenance of Secret %2$s name another database of the server that user %3$s may connect to.",
              databases.live(),
              session.secret(),
              session.user()));
    }
    if (own.is(databases.identity())) {
      return List.of(
          problem(
              "RestoreOfJournal",
              "The database %s is the one in which Backstep keeps its journal, and a restore would take from it what the journal says of that restore. Let BACKSTEP_JOURNAL_URL name another database.",
              databases.live()));
    }
    var problems = new ArrayList<Problem>();
    rights(live.get(), problems);
    names(databases, problems);
    Space.problem(session, databases).ifPresent(problems::add);
    problems.addAll(new Attachments(session.connection()).problems(live.get()));
    if (problems.isEmpty()) {
      problems.addAll(new SettingsTrial(session).problems(live.get()));
    }
    return problems;
  }

  private void rights(Databases.One live, List<Problem> problems) throws SQLException {
    try (var query = session.connection().prepareStatement(RIGHTS)) {
      query.setLong(1, live.oid());
      try (var found = query.executeQuery()) {
        if (found.next()) {
          rights(found, live, problems);
        }
      }
    }
  }

  private void rights(ResultSet found, Databases.One live, List<Problem> problems)
      throws SQLException {
    var user = session.user();
    var name = live.name();
    if (session.isMighty()) {
      problems.add(
          problem(
              "RestoreAsSuperuser",
              "User %s of Secret %s is as mighty as a superuser, and what a dump has in it would be executed as one. Name a role in the Secret that is none: CREATE ROLE backstep LOGIN CREATEDB PASSWORD '...'; GRANT \"%s\", pg_signal_backend TO backstep;",
              user,
              session.secret(),
              found.getString(4)));
      return;
    }
    if (!found.getBoolean(1)) {
      problems.add(
          problem(
              "RestoreNeedsCreatedb",
              "User %1$s may neither make nor rename databases. Let a superuser execute: ALTER ROLE \"%1$s\" CREATEDB;",
              user));
    }
    if (!found.getBoolean(3) || !mayGive(live)) {
      problems.add(
          problem(
              "RestoreNeedsOwner",
              "User %1$s may not act for %2$s, the owner of database %3$s. Let a superuser execute: GRANT \"%2$s\" TO \"%1$s\"; and ALTER ROLE \"%1$s\" INHERIT;",
              user,
              found.getString(4),
              name));
    }
    if (!found.getBoolean(2)) {
      problems.add(
          problem(
              "RestoreNeedsSignal",
              "User %1$s may not end sessions of others, and a database with sessions cannot be renamed. Let a superuser execute: GRANT pg_signal_backend TO \"%1$s\";",
              user));
    }
    if (found.getBoolean(5)) {
      problems.add(
          problem(
              "RestoreOfTemplate",
              "The database %1$s is a template for others, and is not replaced. If it need not be one, let its owner execute: ALTER DATABASE \"%1$s\" IS_TEMPLATE false;",
              name));
    }
    if (!found.getBoolean(6)) {
      problems.add(
          problem(
              "RestoreNeedsTablespace",
              "User %1$s may not make a database in tablespace %2$s, where %3$s is. Let a superuser execute: GRANT CREATE ON TABLESPACE \"%2$s\" TO \"%1$s\";",
              user,
              found.getString(7),
              name));
    }
    if (!live.accepts()) {
      problems.add(
          problem(
              "DatabaseClosed",
              "The database %1$s takes no connections. Let its owner execute: ALTER DATABASE \"%1$s\" ALLOW_CONNECTIONS true;",
              name));
    }
  }

  private void names(Databases databases, List<Problem> problems) {
    if (!names.fit(databases.live())) {
      problems.add(new Problem("RestoreNameTooLong", tooLong(databases.live())));
      return;
    }
    Stream.of(
            // Without a comment it was left between two steps of its making.
            databases.side().filter(it -> it.comment() != null),
            databases.old(),
            databases.undone())
        .flatMap(Optional::stream)
        .filter(it -> !it.isOf(names))
        .forEach(
            it ->
                problems.add(
                    problem(
                        "RestoreNameTaken",
                        "There is a database %1$s that no restore made, and this one would call its own so. Rename it, or drop it if nobody needs it: DROP DATABASE \"%1$s\";",
                        it.name())));
  }

  static String tooLong(String live) {
    return "The name %s is too long: the databases of a restore are called after it, and it may have %d bytes for that. Rename it."
        .formatted(live, Names.longestLive());
  }

  private boolean mayGive(Databases.One live) throws SQLException {
    try (var query = session.connection().prepareStatement(MAY_GIVE)) {
      query.setLong(1, live.oid());
      try (var found = query.executeQuery()) {
        return found.next() && found.getBoolean(1);
      }
    }
  }

  private static Problem problem(String reason, String message, Object... of) {
    return new Problem(reason, message.formatted(of));
  }
}
