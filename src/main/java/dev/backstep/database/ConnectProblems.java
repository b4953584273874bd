package dev.backstep.database;

import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;

/** Why there is no session with a database, in words that say what to do. */
final class ConnectProblems {
  private static final String READ_ONLY = "DatabaseReadOnly";

  private ConnectProblems() {}

  static NoSessionException of(SQLException e, Credentials to) {
    var problem = problem(e, to);
    return new NoSessionException(problem, e);
  }

  /** SQL's states are PostgreSQL's: appendix A of its manual. */
  private static Problem problem(SQLException e, Credentials to) {
    return switch (Objects.requireNonNullElse(e.getSQLState(), "")) {
      case "28P01", "28000" ->
          new Problem(
              "DatabaseLoginFailed",
              "The %s does not let user %s in with the password of Secret %s: %s Correct user and password in the Secret, or the server's pg_hba.conf."
                  .formatted(to, to.user(), to.secret(), said(e)));
      case "3D000" ->
          new Problem(
              "DatabaseMissing",
              "There is no %s. Correct dbname in Secret %s.".formatted(to, to.secret()));
      case "42501" ->
          new Problem(
              "DatabaseForbidden",
              "User %s may not connect to the %s. Let the owner give it the right: GRANT CONNECT ON DATABASE."
                  .formatted(to.user(), to));
      case "53300" ->
          new Problem(
              "DatabaseTooManyConnections",
              "The %s has no connection left for user %s. End some, or raise max_connections."
                  .formatted(to, to.user()));
      default -> ofTheNetwork(e, to);
    };
  }

  private static Problem ofTheNetwork(SQLException e, Credentials to) {
    if (causedBy(e, UnknownHostException.class)) {
      return new Problem(
          "DatabaseHostUnknown",
          "The name %s is not known. Correct host in Secret %s.".formatted(to.host(), to.secret()));
    }
    if (causedBy(e, SocketTimeoutException.class)) {
      return new Problem(
          "DatabaseDoesNotAnswer",
          "The %s does not answer. See whether it runs, and whether a NetworkPolicy keeps the operator from it."
              .formatted(to));
    }
    if (causedBy(e, ConnectException.class)) {
      return new Problem(
          "DatabaseRefused",
          "Nothing listens for the %s. See whether it runs, and correct host and port in Secret %s."
              .formatted(to, to.secret()));
    }
    return new Problem(
        "DatabaseUnreachable", "There is no session with the %s: %s".formatted(to, said(e)));
  }

  /** A standby, or a database whose owner forbids writing. */
  static NoSessionException readOnly(Credentials to) {
    return new NoSessionException(
        new Problem(
            READ_ONLY,
            "The %s takes no writes: it is a standby, or default_transaction_read_only is on. Let host in Secret %s name the primary."
                .formatted(to, to.secret())));
  }

  private static boolean causedBy(Throwable e, Class<? extends Throwable> type) {
    return Stream.iterate(e, Objects::nonNull, Throwable::getCause).anyMatch(type::isInstance);
  }

  private static String said(SQLException e) {
    return Sentences.of(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
  }
}
