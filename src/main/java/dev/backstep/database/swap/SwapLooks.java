package dev.backstep.database.swap;

import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.database.DatabaseLooks;
import dev.backstep.database.Identity;
import dev.backstep.database.OwnDatabase;
import dev.backstep.database.Queries;
import dev.backstep.database.QueryAnswer;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Looks at what a restore is about, in the background; nothing is changed by it. */
@ApplicationScoped
public class SwapLooks {
  private final DatabaseLooks looks;
  private final Queries queries;
  private final OwnDatabase own;

  public SwapLooks(DatabaseLooks looks, Queries queries, OwnDatabase own) {
    this.looks = looks;
    this.queries = queries;
    this.own = own;
  }

  /** The databases of a restore, as they are now. */
  public CompletionStage<Looked> look(String databaseRef, Author author, Names names) {
    return looks.maintenance(
        databaseRef,
        author,
        session -> new Looked.Seen(Databases.of(session, names)),
        Looked.NotSeen::new);
  }

  /** What would keep a restore from being done by a swap, each with its remedy; empty: nothing. */
  public CompletionStage<List<Problem>> preflight(String databaseRef, Author author, Names names) {
    return looks.maintenance(
        databaseRef, author, session -> new SwapProblems(session, names, own).all(), List::of);
  }

  /**
   * The sessions with a database that are not the operator's. The stage fails with a {@link
   * ProblemException} in a {@link CompletionException} where it cannot be asked.
   *
   * @param oid of the database
   */
  public CompletionStage<List<OtherSession>> sessions(String databaseRef, Author author, long oid) {
    return looks.maintenance(
        databaseRef, author, session -> OtherSessions.with(session, oid), SwapLooks::failed);
  }

  private static <T> T failed(Problem problem) {
    throw new CompletionException(new ProblemException(problem));
  }

  /**
   * The sessions with the live database that are not the operator's, and may write to it. The stage
   * fails as that of {@link #sessions}.
   */
  public CompletionStage<List<OtherSession>> writers(String databaseRef, Author author) {
    return looks.later(databaseRef, author, OtherSessions::writers, SwapLooks::failed);
  }

  /**
   * The servers that follow this one, as they call themselves. Sessions with a database there go on
   * reading the old one after a swap, until they end. The stage fails as that of {@link #sessions}.
   */
  public CompletionStage<List<String>> followers(String databaseRef, Author author) {
    return looks.maintenance(databaseRef, author, OtherSessions::followers, SwapLooks::failed);
  }

  /**
   * Asks one database of the server, as {@link Queries#ask(Query, Author, Map)} does.
   *
   * @param database its name, such as that of the side database; one that takes no connections,
   *     such as the old one after a swap, answers nothing
   * @param expected which one it is: the server, and its OID
   */
  public CompletionStage<QueryAnswer> query(
      Query query, Author author, Map<String, String> binds, String database, Identity expected) {
    return queries.ask(query, author, binds, database, expected);
  }
}
