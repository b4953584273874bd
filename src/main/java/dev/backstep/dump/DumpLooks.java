package dev.backstep.dump;

import dev.backstep.database.DatabaseLooks;
import dev.backstep.database.Identity;
import dev.backstep.database.Session;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the operator asks of the programs that dump and load, in the background. */
@ApplicationScoped
public class DumpLooks {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Of all databases of the server: a program may be connected with another one than is asked. */
  private static final String SAID =
      """
      SELECT pg_catalog.substr(application_name, pg_catalog.length(?) + 1)
      FROM pg_catalog.pg_stat_activity
      WHERE pg_catalog.starts_with(application_name, ?)
      ORDER BY backend_start DESC LIMIT 1
      """;

  /** What is an extension's is not dumped. */
  private static final String HIDDEN =
      """
      SELECT pg_catalog.string_agg(name, ', ') FROM (
        SELECT pg_catalog.format('%I.%I', s.nspname, t.relname) AS name
        FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
        WHERE t.relkind IN ('r', 'p', 'S') AND s.nspname !~ '^pg_'
          AND s.nspname <> 'information_schema'
          AND NOT (pg_catalog.has_schema_privilege(s.oid, 'USAGE')
            AND pg_catalog.has_table_privilege(t.oid, 'SELECT'))
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = t.oid
            AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'e')
        ORDER BY 1 LIMIT 5) AS hidden
      """;

  private final DatabaseLooks looks;

  public DumpLooks(DatabaseLooks looks) {
    this.looks = looks;
  }

  /**
   * How far a program is, such as {@code tables 43 of 120}; empty: it says nothing, or the server
   * cannot be asked.
   *
   * @param databaseRef a Secret by which the same server is reached
   * @param tag of the program's task
   */
  public CompletionStage<Optional<String>> progress(String databaseRef, Author author, String tag) {
    return looks.reading(
        databaseRef, author, LIMIT, session -> said(session, tag), problem -> Optional.empty());
  }

  /** What would keep a database from being dumped whole. */
  public CompletionStage<List<Problem>> ofSource(String databaseRef, Author author) {
    return looks.reading(databaseRef, author, LIMIT, DumpLooks::problems, List::of);
  }

  /**
   * Which database it is. The stage fails with a {@link ProblemException} where it cannot be asked
   * now.
   */
  public CompletionStage<Identity> identity(String databaseRef, Author author) {
    return looks
        .reading(
            databaseRef,
            author,
            LIMIT,
            session -> CompletableFuture.completedStage(session.identity()),
            problem -> CompletableFuture.<Identity>failedStage(new ProblemException(problem)))
        .thenCompose(it -> it);
  }

  private static List<Problem> problems(Session session) throws SQLException {
    try (var query = session.connection().createStatement();
        var found = query.executeQuery(HIDDEN)) {
      found.next();
      var hidden = found.getString(1);
      return hidden == null
          ? List.of()
          : List.of(
              new Problem(
                  "BackupNeedsSelect",
                  "User %1$s may not read all of the %2$s, so it cannot be dumped: %3$s. Name its owner in Secret %4$s, or let the owner execute: GRANT pg_read_all_data TO \"%1$s\";"
                      .formatted(session.user(), session.name(), hidden, session.secret())));
    }
  }

  private static Optional<String> said(Session session, String tag) throws SQLException {
    var prefix = Announcement.prefix(tag);
    try (var query = session.connection().prepareStatement(SAID)) {
      query.setString(1, prefix);
      query.setString(2, prefix);
      try (var said = query.executeQuery()) {
        return said.next() ? Optional.of(said.getString(1)) : Optional.empty();
      }
    }
  }
}
