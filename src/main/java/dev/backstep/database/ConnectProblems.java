package dev.backstep.database;

import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Why there is no session with a database, in words that say what to do. */
final class ConnectProblems {
  /** In the server's number of its version, such as 170010. */
  private static final int MAJOR = 10_000;

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
              "There is no %s. Correct %s in Secret %s."
                  .formatted(
                      to,
                      to.database().equals(to.dbname()) ? "dbname" : "maintenance",
                      to.secret()));
      case "42501" ->
          new Problem(
              "DatabaseForbidden",
              "User %1$s may not connect to the %2$s. Let its owner execute: GRANT CONNECT ON DATABASE \"%3$s\" TO \"%1$s\";"
                  .formatted(to.user(), to, to.database()));
      case "55000" ->
          new Problem(
              "DatabaseClosed",
              "The %s takes no connections: %s Let its owner execute: ALTER DATABASE \"%s\" ALLOW_CONNECTIONS true;"
                  .formatted(to, said(e), to.database()));
      case "53300" ->
          new Problem(
              "DatabaseTooManyConnections",
              "The %s has no connection left for user %s: %s End some, or raise the limit: max_connections of the server, CONNECTION LIMIT of the database or of the role."
                  .formatted(to, to.user(), said(e)));
      case "57P03" ->
          new Problem(
              "DatabaseStarting",
              "The server of the %s takes no sessions yet, or none any more: %s See its log if that lasts."
                  .formatted(to, said(e)));
      case "08004" ->
          new Problem(
              "DatabaseRefusesLogin",
              "The login to the %s cannot go on: %s Correct sslmode, user and password in Secret %s, or how its server authenticates."
                  .formatted(to, said(e), to.secret()));
      case "08P01" ->
          new Problem(
              "DatabaseProtocol",
              "What answers for the %s does not take a session: %s If it is a pooler such as PgBouncer, let host and port in Secret %s name the server itself, or raise the pooler's limits."
                  .formatted(to, said(e), to.secret()));
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
    if (causedBy(e, SSLException.class) || isAnothersName(e, to)) {
      return new Problem(
          "DatabaseNotTrusted",
          "There is no session with the %s, because TLS failed: %s Let sslrootcert in Secret %s have the certificate of the server's authority, and host the name that is in the server's certificate, or correct sslmode."
              .formatted(to, said(e), to.secret()));
    }
    return new Problem(
        "DatabaseUnreachable", "There is no session with the %s: %s".formatted(to, said(e)));
  }

  static NoSessionException standby(Credentials to) {
    return wrong(
        "DatabaseStandby",
        "The %s takes no writes: it is a standby. Let host in Secret %s name the primary."
            .formatted(to, to.secret()));
  }

  static NoSessionException readOnly(Credentials to) {
    return wrong(
        "DatabaseReadOnly",
        "The %s takes no writes of user %s: default_transaction_read_only is on. Let its owner set it to off for the server, the database or the role."
            .formatted(to, to.user()));
  }

  static NoSessionException pooled(Credentials to) {
    return wrong(
        "DatabasePooled",
        "The %s is reached through a pooler in transaction mode, such as PgBouncer: what is set for a session there reaches sessions of others. Let host and port in Secret %s name the server itself, or a pool in session mode."
            .formatted(to, to.secret()));
  }

  /** Nobody tried whether its catalogue is as it is asked. */
  static NoSessionException tooOld(Credentials to, int version) {
    return wrong(
        "DatabaseTooOld",
        "The %s is in PostgreSQL %d, and it has to be 14 or later. Upgrade the server."
            .formatted(to, version / MAJOR));
  }

  private static NoSessionException wrong(String reason, String message) {
    return new NoSessionException(new Problem(reason, message));
  }

  /** The driver compares the server's name itself, and says so without a cause. */
  private static boolean isAnothersName(SQLException e, Credentials to) {
    return to.sslMode().equals("verify-full")
        && e.getCause() == null
        && "08006".equals(e.getSQLState());
  }

  private static boolean causedBy(Throwable e, Class<? extends Throwable> type) {
    return Stream.iterate(e, Objects::nonNull, Throwable::getCause).anyMatch(type::isInstance);
  }

  private static String said(SQLException e) {
    return Sentences.of(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
  }
}
