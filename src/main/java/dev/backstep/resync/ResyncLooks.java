package dev.backstep.resync;

import dev.backstep.database.DatabaseLooks;
import dev.backstep.database.Session;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What the operator asks the databases of a re-sync that a Job carries out; in the background. */
@ApplicationScoped
public class ResyncLooks {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final DatabaseLooks looks;

  public ResyncLooks(DatabaseLooks looks) {
    this.looks = looks;
  }

  /**
   * What was seen of a re-sync.
   *
   * @param progress how far it is; empty: it is not known, or nothing was begun
   * @param problem why it is not known; empty: it is
   */
  public record Seen(Optional<Progress> progress, Optional<Problem> problem) {}

  /** How far a re-sync is, as its target says. */
  public CompletionStage<Seen> progress(String databaseRef, Author author, String id) {
    return looks.reading(
        databaseRef,
        author,
        LIMIT,
        session ->
            new Seen(
                ProgressRows.read(session, id).filter(it -> !it.tables().isEmpty()),
                Optional.empty()),
        problem -> new Seen(Optional.empty(), Optional.of(problem)));
  }

  /** What would keep these tables from being written. */
  public CompletionStage<List<Problem>> ofTarget(
      String databaseRef, Author author, List<ResyncTask.Table> tables) {
    return looks.later(databaseRef, author, session -> problems(session, tables), List::of);
  }

  private static List<Problem> problems(Session session, List<ResyncTask.Table> tables)
      throws SQLException {
    try {
      new TargetCatalog(session.connection()).ordered(tables);
      return ProgressRows.problem(session).stream().toList();
    } catch (ProblemException e) {
      return List.of(e.problem());
    }
  }

  /** What would keep a PostgreSQL from being read. */
  public CompletionStage<List<Problem>> ofSource(String databaseRef, Author author) {
    return looks.reading(databaseRef, author, LIMIT, session -> List.of(), List::of);
  }
}
