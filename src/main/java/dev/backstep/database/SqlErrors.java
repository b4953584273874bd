package dev.backstep.database;

import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/**
 * What the server said of a transaction that is rolled back, as an outcome. What other sessions
 * caused may be tried again; everything else is a verdict.
 */
public final class SqlErrors {
  /** Reasons: somebody else had a lock for too long, or a statement took too long. */
  static final String LOCK_TIMEOUT = "LockTimeout";

  static final String STATEMENT_TIMEOUT = "StatementTimeout";

  /** Values in messages about wrong data (class 22) are data, and nobody's business. */
  private static final String WRONG_DATA = "22";

  private static final Pattern LOST = Pattern.compile("08...|57P0.|25P0[345]");

  private static final Set<String> OF_OTHERS = Set.of("55P03", "40001", "40P01", "57014");

  /** A shorter value hides nothing, and a message without it could not be read. */
  private static final int SHORTEST_VALUE = 4;

  private SqlErrors() {}

  /**
   * How an effect ended whose transaction was not committed.
   *
   * @param binds what must not be said
   */
  static Outcome outcome(SQLException e, Map<String, String> binds) {
    return outcome(e, binds, "The SQL");
  }

  /**
   * As {@link #outcome(SQLException, Map)}.
   *
   * @param what it was that failed
   */
  public static Outcome outcome(SQLException e, Map<String, String> binds, String what) {
    return switch (Objects.requireNonNullElse(e.getSQLState(), "")) {
      case "55P03" ->
          again(LOCK_TIMEOUT, "A lock was not free within lockTimeout. Nothing was done.");
      case "40001", "40P01" ->
          again("RowsContended", "Others changed the same rows meanwhile. Nothing was done.");
      case "XX000" -> ofTheCatalogue(e, binds, what);
      case "25006" -> again("DatabaseReadOnly", "The database takes no writes now.");
      case "57014" ->
          failed(
              STATEMENT_TIMEOUT,
              "%s took longer than the action's timeout. All was rolled back.".formatted(what));
      default ->
          !lost(e)
              ? rolledBack(e, binds, what)
              : again("ConnectionLost", "The connection was lost. Nothing was committed.");
    };
  }

  private static Outcome rolledBack(SQLException e, Map<String, String> binds, String what) {
    return failed(
        "SqlFailed",
        "%s failed with SQLSTATE %s: %s All was rolled back."
            .formatted(what, e.getSQLState(), said(e, binds)));
  }

  /** Who alters the same object comes too late, and PostgreSQL has no other word for it. */
  private static Outcome ofTheCatalogue(SQLException e, Map<String, String> binds, String what) {
    return String.valueOf(e.getMessage()).contains("tuple concurrently updated")
        ? again("RowsContended", "Others changed the same object meanwhile. Nothing was done.")
        : rolledBack(e, binds, what);
  }

  /** True when the server answered, and its session goes on: what it says is how it is. */
  public static boolean byServer(SQLException e) {
    return e instanceof PSQLException postgres
        && postgres.getServerErrorMessage() != null
        && !lost(e);
  }

  /** The session is over: by the network, by an administrator, or because it was idle for long. */
  static boolean lost(SQLException e) {
    return LOST.matcher(String.valueOf(e.getSQLState())).matches();
  }

  /**
   * True when somebody ended the session, or the server in order. Whoever is asked and dies may
   * have died of the question: that is not meant.
   */
  static boolean ended(SQLException e) {
    return "57P01".equals(e.getSQLState());
  }

  /** True when another session is to blame, such as one that is doing the very same. */
  static boolean isOfOthers(SQLException e) {
    return OF_OTHERS.contains(String.valueOf(e.getSQLState()));
  }

  /** True when the text itself is to blame: it is no SQL, or names what is not there. */
  static boolean isOfText(SQLException e) {
    return String.valueOf(e.getSQLState()).matches("(42|22)...");
  }

  /** A statement outside of a transaction that the server says has failed. */
  static Outcome verdict(SQLException e, Map<String, String> binds) {
    return failed(
        "SqlFailed",
        "The statement failed with SQLSTATE %s: %s What it did before is not rolled back."
            .formatted(e.getSQLState(), said(e, binds)));
  }

  /** What kept an effect from being done. */
  static Problem problem(Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      return failed.problem();
    }
    return outcome instanceof Outcome.NotSent later
        ? later.problem()
        : new Problem("NotDone", outcome.toString());
  }

  /** Why nothing was done. */
  static String said(Outcome outcome) {
    return problem(outcome).message();
  }

  /** In one sentence, without details and without what was bound. */
  public static String said(SQLException e, Map<String, String> binds) {
    var message =
        e instanceof PSQLException postgres && postgres.getServerErrorMessage() != null
            ? postgres.getServerErrorMessage().getMessage()
            : e.getMessage();
    var said = String.valueOf(message).lines().findFirst().orElse("");
    if (String.valueOf(e.getSQLState()).startsWith(WRONG_DATA)) {
      said = said.replaceAll("\".*\"", "\"...\"");
    }
    for (var bind : binds.entrySet()) {
      if (bind.getValue() != null && bind.getValue().length() >= SHORTEST_VALUE) {
        said = said.replace(bind.getValue(), ":" + bind.getKey());
      }
    }
    return Sentences.of(Sentences.bounded(said));
  }

  private static Outcome again(String reason, String message) {
    return new Outcome.NotSent(new Problem(reason, message));
  }

  private static Outcome failed(String reason, String message) {
    return new Outcome.Failed(new Problem(reason, message));
  }
}
