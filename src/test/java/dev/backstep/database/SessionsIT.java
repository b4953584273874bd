package dev.backstep.database;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.PASSWORD;
import static dev.backstep.database.TestDatabase.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions with a real PostgreSQL, and all the reasons why there is none. */
class SessionsIT {
  private final TestDatabase database = new TestDatabase();

  @AfterEach
  void close() {
    database.close();
  }

  private Problem problem() {
    var problem = database.sessions().problem(SECRET, AUTHOR);
    assertThat(problem).isPresent();
    assertThat(problem.orElseThrow().message()).doesNotContain(PASSWORD);
    return problem.orElseThrow();
  }

  @Test
  void theSecretIsReadAsTheServiceAccountAndTheSessionIsOurs() throws Exception {
    try (var session = database.sessions().open(SECRET, AUTHOR, Duration.ofSeconds(5));
        var statement = session.connection().createStatement();
        var result =
            statement.executeQuery("SELECT current_setting('application_name'), current_user")) {
      result.next();
      assertThat(result.getString(1)).isEqualTo("backstep");
      assertThat(result.getString(2)).isEqualTo(database.name());
      assertThat(session.name())
          .isEqualTo(
              "database %s at 127.0.0.1:%d".formatted(database.name(), database.server().port()));
    }
    assertThat(database.api().asked())
        .extracting(LoopbackApi.Asked::user)
        .containsExactly("system:serviceaccount:shop:runner");
  }

  @Test
  void aDatabaseIsKnownByClusterAndOid() throws Exception {
    try (var other = new TestDatabase();
        var one = database.sessions().open(SECRET, AUTHOR, Duration.ofSeconds(5));
        var again = database.sessions().open(SECRET, AUTHOR, Duration.ofSeconds(5));
        var another = other.sessions().open(SECRET, AUTHOR, Duration.ofSeconds(5))) {
      assertThat(one.identity().system()).isNotBlank();
      assertThat(one.identity().differs(again.identity())).isFalse();
      assertThat(one.identity().differs(another.identity())).isTrue();
      assertThat(one.identity().differs(new Identity(null, one.identity().oid()))).isFalse();
      assertThat(one.identity().differs(new Identity("1", one.identity().oid()))).isTrue();
    }
  }

  @Test
  void aSecretThatDoesNotExist() {
    database.api().lose(database.secret(Map.of()));

    assertThat(problem())
        .isEqualTo(
            new Problem(
                "SecretMissing",
                "Secret shop/orders-db does not exist. Create it with the keys host, port, dbname, user and password."));
  }

  @Test
  void aSecretThatIsNotLabelled() {
    var secret = database.secret(Map.of());
    secret.getMetadata().setLabels(null);
    database.api().has(secret);

    assertThat(problem())
        .isEqualTo(
            new Problem(
                "SecretNotLabelled",
                """
                Secret shop/orders-db may not be used for databases. Allow it:
                kubectl -n shop label secret orders-db backstep.dev/database=true
                """));
  }

  @Test
  void aSecretThatMayNotBeRead() {
    database.api().refuses("GET", database.secret(Map.of()), 403, "secrets is forbidden");

    assertThat(problem())
        .isEqualTo(
            new Problem(
                "SecretForbidden",
                """
                ServiceAccount shop/runner may not read Secret orders-db: secrets is forbidden. Give it the right:
                kubectl -n shop create role runner-get-orders-db --verb=get --resource=secrets --resource-name=orders-db
                kubectl -n shop create rolebinding runner-get-orders-db --role=runner-get-orders-db --serviceaccount=shop:runner
                """));
  }

  @Test
  void anApiServerThatFails() {
    database.api().refuses("GET", database.secret(Map.of()), 503, "down");

    assertThat(problem().reason()).isEqualTo("SecretNotRead");
  }

  @Test
  void aKeyThatIsMissing() {
    database.secretSays("dbname", null);

    assertThat(problem())
        .isEqualTo(
            new Problem(
                "SecretKeyMissing",
                "Secret shop/orders-db has no key dbname. It needs host, dbname, user and password."));
  }

  /** It would become part of the driver's URL, where options follow the address. */
  @Test
  void aHostThatIsMoreThanAHost() {
    database.secretSays("host", "127.0.0.1/x?socketFactory=evil&y");

    assertThat(problem().reason()).isEqualTo("SecretInvalid");
  }

  @Test
  void aHostThatNobodyKnows() {
    database.secretSays("host", "orders-db-rw");

    assertThat(problem())
        .isEqualTo(
            new Problem(
                "DatabaseHostUnknown",
                "The name orders-db-rw.shop.svc is not known. Correct host in Secret shop/orders-db."));
  }

  @Test
  void aPortWhereNothingListens() throws IOException {
    try (var socket = new ServerSocket(0)) {
      database.secretSays("port", String.valueOf(socket.getLocalPort()));
    }

    assertThat(problem().reason()).isEqualTo("DatabaseRefused");
    assertThat(problem().message()).contains("correct host and port in Secret shop/orders-db.");
  }

  @Test
  void aPasswordThatIsWrong() {
    database.secretSays("password", "battery staple");

    var problem = problem();
    assertThat(problem.reason()).isEqualTo("DatabaseLoginFailed");
    assertThat(problem.message())
        .contains("password authentication failed")
        .doesNotContain("battery staple");
  }

  @Test
  void aDatabaseThatDoesNotExist() {
    database.secretSays("dbname", "nothing");

    assertThat(problem().reason()).isEqualTo("DatabaseMissing");
  }

  @Test
  void aDatabaseThatThisUserMayNotConnectTo() {
    TestDatabase.asAdmin("REVOKE CONNECT ON DATABASE %s FROM public".formatted(database.name()));
    TestDatabase.asAdmin("ALTER DATABASE %s OWNER TO postgres".formatted(database.name()));

    assertThat(problem().reason()).isEqualTo("DatabaseForbidden");
    assertThat(problem().message())
        .endsWith("GRANT CONNECT ON DATABASE \"%1$s\" TO \"%1$s\";".formatted(database.name()));
  }

  @Test
  void aUserWithoutAConnectionLeft() {
    TestDatabase.asAdmin("ALTER ROLE %s CONNECTION LIMIT 0".formatted(database.name()));

    assertThat(problem().reason()).isEqualTo("DatabaseTooManyConnections");
  }

  @Test
  void aDatabaseThatTakesNoWrites() {
    TestDatabase.asAdmin(
        "ALTER DATABASE %s SET default_transaction_read_only = on".formatted(database.name()));

    assertThat(problem().reason()).isEqualTo("DatabaseReadOnly");
  }

  @Test
  void aServerIsKnownByItsCertificate() throws Exception {
    database.secretSays(
        Map.of("sslmode", "verify-full", "sslrootcert", TestServer.TLS.certificate()));

    try (var session = database.sessions().open(SECRET, AUTHOR, Duration.ofSeconds(5));
        var statement = session.connection().createStatement();
        var ssl =
            statement.executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
      ssl.next();
      assertThat(ssl.getBoolean(1)).isTrue();
    }
  }

  @Test
  void aServerWithAnotherCertificateIsNotTrusted() {
    database.secretSays(
        Map.of("sslmode", "verify-full", "sslrootcert", Certificate.made().certificate()));

    assertThat(problem().reason()).isEqualTo("DatabaseNotTrusted");
    assertThat(problem().message()).contains("sslrootcert in Secret shop/orders-db");
  }

  /** While an authority is being replaced there are two. */
  @Test
  void oneOfSeveralCertificatesIsEnough() {
    var another = Certificate.made().certificate();
    database.secretSays(
        Map.of("sslmode", "verify-ca", "sslrootcert", another + TestServer.TLS.certificate()));

    assertThat(database.sessions().problem(SECRET, AUTHOR)).isEmpty();
  }

  @Test
  void aTextIsNoCertificate() {
    database.secretSays(Map.of("sslmode", "verify-ca", "sslrootcert", "trust me"));

    assertThat(problem().message()).startsWith("Key sslrootcert of Secret shop/orders-db");
  }

  /** The name that the server is called by is not in its certificate. */
  @Test
  void theNameOfAServerCountsOnlyWithVerifyFull() {
    var trusted = Map.of("host", "127.0.0.2", "sslrootcert", TestServer.TLS.certificate());
    var full = new LinkedHashMap<>(trusted);
    full.put("sslmode", "verify-full");
    database.secretSays(full);
    assertThat(problem().reason()).isEqualTo("DatabaseNotTrusted");

    full.put("sslmode", "verify-ca");
    database.secretSays(full);
    assertThat(database.sessions().problem(SECRET, AUTHOR)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"disable, f", "allow, f", "prefer, t", "require, t"})
  void tlsIsUsedAsTheSecretSays(String mode, String used) throws Exception {
    database.secretSays("sslmode", mode);

    assertThat(said("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).isEqualTo(used);
  }

  private String said(String query) throws Exception {
    try (var session = database.sessions().open(SECRET, AUTHOR, Duration.ofSeconds(5))) {
      return said(session, query);
    }
  }

  private static String said(Session session, String query) throws SQLException {
    try (var statement = session.connection().createStatement();
        var result = statement.executeQuery(query)) {
      result.next();
      return result.getString(1);
    }
  }

  /** What a role or a database is set to must not change what SQL of a plan means. */
  @Test
  void settingsOfTheRoleDoNotReachASession() throws Exception {
    TestDatabase.asAdmin("ALTER ROLE %s SET search_path = evil, public".formatted(database.name()));
    TestDatabase.asAdmin("ALTER ROLE %s SET statement_timeout = 4321".formatted(database.name()));
    TestDatabase.asAdmin("ALTER ROLE %s SET TimeZone = 'Asia/Tokyo'".formatted(database.name()));

    assertThat(said("SELECT current_schemas(true)::text")).isEqualTo("{pg_catalog,public}");
    assertThat(said("SHOW search_path")).isEqualTo("public, pg_temp");
    assertThat(said("SHOW TimeZone")).isEqualTo("UTC");
    assertThat(said("SHOW statement_timeout")).isEqualTo("5s");
    assertThat(said("SHOW idle_in_transaction_session_timeout")).isEqualTo("1min");
  }

  @Test
  void nothingIsWrittenInASessionThatReads() throws Exception {
    database.has("CREATE TABLE orders (id int)");
    try (var session = database.sessions().openReading(SECRET, AUTHOR, Duration.ofSeconds(5))) {
      assertThat(said(session, "SELECT count(*) FROM orders")).isEqualTo("0");
      assertThatThrownBy(
              () ->
                  said(
                      session,
                      "WITH made AS (INSERT INTO orders VALUES (1) RETURNING id) TABLE made"))
          .hasMessageContaining("read-only transaction");
      assertThatThrownBy(
              () -> said(session, "SELECT set_config('transaction_read_only', 'off', true)"))
          .hasMessageContaining("before any query");
    }
  }

  @Test
  void aStatementEndsAtItsLimit() throws Exception {
    try (var session = database.sessions().openReading(SECRET, AUTHOR, Duration.ofMillis(200))) {
      assertThatThrownBy(() -> said(session, "SELECT pg_sleep(30)"))
          .hasMessageContaining("statement timeout");
    }
  }

  @Test
  void aServerCannotBeVerifiedWithoutACertificate() {
    database.secretSays("sslmode", "verify-full");

    assertThat(problem().reason()).isEqualTo("SecretKeyMissing");
    assertThat(problem().message()).contains("no key sslrootcert");
  }

  @Test
  void nobodyGetsAThirdSessionBeforeOneIsFree() throws Exception {
    var sessions = database.sessions();
    var first = sessions.open(SECRET, AUTHOR, Duration.ofSeconds(5));
    try (var second = sessions.open(SECRET, AUTHOR, Duration.ofSeconds(5))) {
      var waiting = new Thread(() -> sessions.problem(SECRET, AUTHOR));
      waiting.start();
      waiting.join(300);
      assertThat(waiting.isAlive()).isTrue();
      assertThat(second.connection().isClosed()).isFalse();

      first.close();

      waiting.join(5000);
      assertThat(waiting.isAlive()).isFalse();
    }
  }

  @Test
  void aFailureTakesNobodysTurn() {
    database.secretSays("password", "wrong");
    var problems = new ArrayList<String>();
    for (var i = 0; i < 5; i++) {
      problems.add(problem().reason());
    }

    assertThat(problems).containsOnly("DatabaseLoginFailed");
  }

  @Test
  void passwordsRotate() throws SQLException {
    assertThat(database.sessions().problem(SECRET, AUTHOR)).isEmpty();
    TestDatabase.asAdmin("ALTER ROLE %s PASSWORD 'new one'".formatted(database.name()));
    assertThat(problem().reason()).isEqualTo("DatabaseLoginFailed");

    database.secretSays("password", "new one\n");

    assertThat(database.sessions().problem(SECRET, AUTHOR)).isEmpty();
  }
}
