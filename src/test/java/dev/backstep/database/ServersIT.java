package dev.backstep.database;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Servers that do not take every session, and what may stand before one: each is told apart. */
class ServersIT {
  private static Problem problem(TestDatabase database) {
    return database.sessions().problem(SECRET, AUTHOR).orElseThrow();
  }

  @Test
  void aStandbyIsReadAndNotWritten() throws Exception {
    try (var server = TestServer.standby();
        var database = new TestDatabase()) {
      database.secretSays(
          Map.of("port", "" + server.port(), "dbname", "postgres", "user", "postgres"));

      assertThat(problem(database))
          .isEqualTo(
              new Problem(
                  "DatabaseStandby",
                  "The database postgres at 127.0.0.1:%d takes no writes: it is a standby. Let host in Secret shop/orders-db name the primary."
                      .formatted(server.port())));
      assertThat(database.sessions().problemReading(SECRET, AUTHOR)).isEmpty();
    }
  }

  @Test
  void aServerWithoutAConnectionLeft() throws Exception {
    try (var server = TestServer.with("max_connections", "5");
        var database = new TestDatabase(server);
        var first = database.connection();
        var second = database.connection()) {
      assertThat(List.of(first, second)).noneMatch(it -> it == null);

      var problem = problem(database);

      assertThat(problem.reason()).isEqualTo("DatabaseTooManyConnections");
      assertThat(problem.message())
          .contains("no connection left for user %s: ".formatted(database.name()))
          .contains("max_connections of the server");
    }
  }

  @Test
  void aPoolerInTransactionModeIsNoSession() throws Exception {
    try (var database = new TestDatabase();
        var pooler = Pooler.before(database, "transaction", "")) {
      assertThat(pooler).isNotNull();

      assertThat(problem(database).reason()).isEqualTo("DatabasePooled");
      assertThat(problem(database).message())
          .contains("Let host and port in Secret shop/orders-db name the server itself");
      assertThat(database.sessions().problemReading(SECRET, AUTHOR)).isPresent();
    }
  }

  @Test
  void aPoolerInSessionModeIsOne() throws Exception {
    try (var database = new TestDatabase();
        var pooler = Pooler.before(database, "session", "");
        var session = database.sessions().open(SECRET, AUTHOR, Duration.ofSeconds(5))) {
      assertThat(pooler).isNotNull();
      assertThat(session.identity().oid()).isPositive();
    }
  }

  @Test
  void aPoolerThatIsFullSaysSo() throws Exception {
    try (var database = new TestDatabase();
        var pooler = Pooler.before(database, "session", "max_client_conn = 1")) {
      assertThat(pooler).isNotNull();

      assertThat(problem(database).reason()).isEqualTo("DatabaseProtocol");
      assertThat(problem(database).message())
          .contains("no more connections allowed (max_client_conn)")
          .contains("a pooler such as PgBouncer");
    }
  }
}
