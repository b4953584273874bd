package dev.backstep.database.swap;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.PASSWORD;
import static dev.backstep.database.TestDatabase.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.database.DatabaseLooks;
import dev.backstep.database.OwnDatabase;
import dev.backstep.database.Queries;
import dev.backstep.database.TestDatabase;
import dev.backstep.database.TestServer;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.testing.StandingClock;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A database that is restored, on a real server, and what a restore says to that server. The user
 * of the Secret is a plain role that may act for the owner; an application has a role of its own.
 */
public final class TestRestore implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  static final Instant NOT_AFTER = NOW.plusSeconds(60);
  public static final String CLAIM = "bs-run-1";
  public static final String OLD_DATA = "bad";
  static final String NEW_DATA = "good";

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final TestDatabase database;
  private final StandingClock clock = new StandingClock(NOW);
  private final Names names;
  private final DatabaseLooks databaseLooks;
  private final SwapLooks looks;
  private final SideCreations creations;
  private final SideProofs proofs;
  private final Disconnections disconnections;
  private final DatabaseSwaps swaps;
  private final DatabaseDrops drops;

  TestRestore() {
    this(TestServer.shared());
  }

  public TestRestore(TestServer server) {
    database = new TestDatabase(server);
    var live = database.name();
    server.asAdmin(
        "CREATE ROLE %1$s_admin LOGIN CREATEDB PASSWORD '%2$s'; GRANT %1$s, pg_signal_backend TO %1$s_admin; CREATE ROLE %1$s_app LOGIN PASSWORD '%2$s'"
            .formatted(live, PASSWORD));
    secretSays(Map.of());
    database.has(content(OLD_DATA));
    names = Names.of(CLAIM, live, 1);
    databaseLooks = new DatabaseLooks(database.sessions());
    looks = looks(new OwnDatabase(Optional.empty()));
    var sessions = new SwapSessions(database.sessions(), clock);
    var closing = new SwapClosing(sessions);
    var reversals = new SwapReversals(looks);
    drops = new DatabaseDrops(sessions, closing);
    var forgetting = new SwapForgetting(looks, drops);
    creations = new SideCreations(sessions, closing, reversals, forgetting);
    proofs = new SideProofs(sessions, closing);
    disconnections = new Disconnections(sessions, closing);
    swaps = new DatabaseSwaps(sessions, closing, reversals, forgetting, looks);
  }

  private String content(String said) {
    return "CREATE TABLE t AS SELECT '%s' AS said; GRANT SELECT ON t TO %s_app"
        .formatted(said, live());
  }

  /** The Secret is otherwise from now on. */
  public void secretSays(Map<String, String> otherwise) {
    var says = new LinkedHashMap<>(otherwise);
    says.putIfAbsent("user", live() + "_admin");
    database.secretSays(says);
  }

  public TestDatabase database() {
    return database;
  }

  StandingClock clock() {
    return clock;
  }

  public Names names() {
    return names;
  }

  public String live() {
    return database.name();
  }

  public SwapLooks looks() {
    return looks;
  }

  /** The same, where the operator has a database of its own. */
  SwapLooks looks(OwnDatabase own) {
    return new SwapLooks(databaseLooks, new Queries(database.sessions(), databaseLooks), own);
  }

  SideCreations creations() {
    return creations;
  }

  SideProofs proofs() {
    return proofs;
  }

  Disconnections disconnections() {
    return disconnections;
  }

  DatabaseSwaps swaps() {
    return swaps;
  }

  /** Those of another process, whose time this is. */
  DatabaseSwaps swaps(Clock clock) {
    var sessions = new SwapSessions(database.sessionsOfAnother(), clock);
    return new DatabaseSwaps(
        sessions,
        new SwapClosing(sessions),
        new SwapReversals(looks),
        new SwapForgetting(looks, drops),
        looks);
  }

  DatabaseDrops drops() {
    return drops;
  }

  public static Mark mark(int number) {
    return new Mark(CLAIM, "restore", Intent.Verb.Apply, number, 0);
  }

  public static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** The databases as they are. */
  public Databases seen() {
    return ((Looked.Seen) now(looks.look(SECRET, AUTHOR, names))).databases();
  }

  /** What the preflight says. */
  List<Problem> problems() {
    return now(looks.preflight(SECRET, AUTHOR, names));
  }

  SideCreation creation() {
    var seen = seen();
    return new SideCreation(SECRET, seen.identity(), seen.live(), names, TIMEOUT);
  }

  SideProven proof() {
    var seen = seen();
    return new SideProven(
        SECRET,
        seen.identity(),
        seen.live(),
        names,
        seen.side().orElseThrow().oid(),
        Map.of(),
        TIMEOUT);
  }

  public DatabaseSwap swap() {
    var seen = seen();
    var side = seen.side().orElseThrow().oid();
    return new DatabaseSwap(
        SECRET, seen.identity(), seen.live(), names, side, false, TIMEOUT, null);
  }

  Disconnection disconnection() {
    var seen = seen();
    var side = seen.side().orElseThrow().oid();
    return new Disconnection(SECRET, seen.identity(), seen.live(), names, side, TIMEOUT);
  }

  DatabaseDrop drop(String name) {
    var seen = seen();
    var oid =
        seen.all().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow().oid();
    return new DatabaseDrop(SECRET, seen.identity(), seen.live(), names, name, oid, TIMEOUT);
  }

  Outcome send(SideCreation effect) {
    return creations.send(effect, mark(1), AUTHOR, NOT_AFTER);
  }

  public Outcome send(SideProven effect) {
    return proofs.send(effect, mark(2), AUTHOR, NOT_AFTER);
  }

  public Outcome send(DatabaseSwap effect, Mark mark) {
    return swaps.send(effect, mark, AUTHOR, NOT_AFTER);
  }

  Outcome send(DatabaseDrop effect) {
    return drops.send(effect, mark(4), AUTHOR, NOT_AFTER);
  }

  /** The side database is there, empty. */
  TestRestore made() {
    applied(send(creation()));
    return this;
  }

  /** It was loaded, as the Job does that. */
  public TestRestore loaded() {
    made();
    var side = names.side(live());
    in(side, content(NEW_DATA));
    noted(side, Note.State.Loaded, Map.of("file", "orders.dump"));
    return this;
  }

  /** It may go live. */
  TestRestore proven() {
    loaded();
    applied(send(proof()));
    return this;
  }

  /** It went live. */
  TestRestore swapped() {
    proven();
    applied(send(swap(), mark(3)));
    return this;
  }

  private static void applied(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Applied.class);
  }

  /** The old one is to go live again. */
  DatabaseSwap back(DatabaseSwap swap) {
    return swap.reversal(mark(3).text());
  }

  public void noted(String name, Note.State state, Map<String, String> facts) {
    asAdmin(
        "COMMENT ON DATABASE \"%s\" IS '%s'"
            .formatted(
                name.replace("\"", "\"\""),
                new Note(names.tag(), state, 1, facts).text().replace("'", "''")));
  }

  void asAdmin(String sql) {
    database.server().asAdmin(sql);
  }

  /** Executes each of these as the superuser. */
  void asAdmin(List<String> statements) {
    statements.forEach(this::asAdmin);
  }

  /** Executes this in another database, as the owner. */
  void in(String name, String sql) {
    try (var connection = connection(name, live());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  Connection connection(String name, String user) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable"
            .formatted(database.server().port(), name),
        user,
        PASSWORD);
  }

  /** True when the application's role may connect to this database. */
  boolean mayConnect(String name) {
    return database
        .rows(
            "SELECT has_database_privilege('%s_app', datname, 'CONNECT') FROM pg_database WHERE datname = '%s'"
                .formatted(live(), name))
        .contains("t");
  }

  /** What the application sees in the live database. */
  public String data() throws SQLException {
    try (var connection = connection(live(), live() + "_app");
        var statement = connection.createStatement();
        var said = statement.executeQuery("SELECT said FROM t")) {
      said.next();
      return said.getString(1);
    }
  }

  /**
   * The names of the databases that are there, without the live one's beginning, and their states.
   */
  List<String> states() {
    var states = new ArrayList<String>();
    var seen = seen();
    for (var one : seen.all()) {
      states.add(
          "%s %s %s"
              .formatted(
                  one.name().replace(names.prefix(seen.live()), "").replace(seen.live(), "live"),
                  one.note().map(it -> it.state().name()).orElse("-"),
                  one.accepts() ? "open" : "closed"));
    }
    states.sort(null);
    return states;
  }

  /** A server that many tests share keeps none of their databases. */
  private void drop() {
    try (var admin = database.server().superuser("postgres");
        var statement = admin.createStatement()) {
      var names = new ArrayList<String>();
      try (var found =
          statement.executeQuery(
              "SELECT quote_ident(datname) FROM pg_database WHERE datname ~ '^%s(_.*)?$'"
                  .formatted(live()))) {
        while (found.next()) {
          names.add(found.getString(1));
        }
      }
      for (var name : names) {
        statement.execute("DROP DATABASE %s WITH (FORCE)".formatted(name));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    drop();
    database.close();
  }
}
