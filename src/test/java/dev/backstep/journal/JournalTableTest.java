package dev.backstep.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Transition;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** The journal's table in a real PostgreSQL, behind a network that can swallow everything. */
class JournalTableTest {
  private static final String DRIVER = "quarkus.datasource.jdbc.additional-jdbc-properties.";
  private static final ObjectId PLAN = new ObjectId("RollbackPlan", "shop", "web", "uid-1");

  private static EmbeddedPostgres postgres;
  private final Proxy proxy = new Proxy();
  private JournalTable table;

  @BeforeAll
  static void startPostgres() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void connect() throws IOException, SQLException {
    var source = new PGSimpleDataSource();
    source.setURL("jdbc:postgresql://localhost:" + proxy.start(postgres.getPort()) + "/postgres");
    source.setUser("postgres");
    settings().forEach((name, value) -> set(source, (String) name, (String) value));
    var migration = Flyway.configure().dataSource(source).load();
    table = new JournalTable(new JournalTable.Database(() -> source, () -> migration));
  }

  @AfterEach
  void disconnect() throws IOException {
    proxy.close();
  }

  /** What the operator gives to the driver. */
  private static Properties settings() throws IOException {
    var all = new Properties();
    try (var file = JournalTable.class.getResourceAsStream("/application.properties")) {
      all.load(file);
    }
    var driver = new Properties();
    all.forEach(
        (name, value) -> {
          if (name.toString().startsWith(DRIVER)) {
            driver.put(name.toString().substring(DRIVER.length()), value);
          }
        });
    return driver;
  }

  private static void set(PGSimpleDataSource source, String name, String value) {
    try {
      source.setProperty(name, value);
    } catch (SQLException e) {
      throw new IllegalArgumentException(name, e);
    }
  }

  /** Hands bytes on in both directions, until it does not any more; connections stay open. */
  private static final class Proxy implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> sockets = new ArrayList<>();
    private ServerSocket server;
    private volatile boolean swallows;

    int start(int port) throws IOException {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      threads.execute(() -> accept(port));
      return server.getLocalPort();
    }

    private void accept(int port) {
      try {
        while (true) {
          var in = server.accept();
          var out = new Socket(InetAddress.getLoopbackAddress(), port);
          sockets.add(in);
          sockets.add(out);
          threads.execute(() -> copy(in, out));
          threads.execute(() -> copy(out, in));
        }
      } catch (IOException e) {
        // The test is over.
      }
    }

    private void copy(Socket from, Socket to) {
      try (InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        var bytes = new byte[8192];
        for (var count = in.read(bytes); count >= 0; count = in.read(bytes)) {
          if (!swallows) {
            out.write(bytes, 0, count);
            out.flush();
          }
        }
      } catch (IOException e) {
        // The test is over, or the other side is.
      }
    }

    void swallow() {
      swallows = true;
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (var socket : sockets) {
        socket.close();
      }
      threads.shutdownNow();
    }
  }

  private static Transition step(long seq, Phase phase) {
    var at = Instant.parse("2026-11-21T12:00:00Z");
    return new Transition("INC-1", "bs-run-1", seq, at, phase, "back", null, "Why", "What.");
  }

  private static List<Long> rows() throws SQLException {
    try (var connection = postgres.getPostgresDatabase().getConnection();
        var result =
            connection
                .createStatement()
                .executeQuery("SELECT seq FROM run_transition ORDER BY seq")) {
      var rows = new ArrayList<Long>();
      while (result.next()) {
        rows.add(result.getLong(1));
      }
      return rows;
    }
  }

  @Test
  void aRowIsWrittenOnce() throws Exception {
    table.write(PLAN, List.of(step(1, Phase.Pending)));
    table.write(PLAN, List.of(step(1, Phase.Pending), step(2, Phase.Checking)));

    assertThat(rows()).containsExactly(1L, 2L);
  }

  /** What the table was like before other kinds than plans were in it. */
  @Test
  void rowsOfTheFirstVersionStayAndAreOfPlans() throws SQLException {
    // given
    var source = postgres.getPostgresDatabase();
    var flyway = Flyway.configure().dataSource(source).schemas("earlier");
    flyway.target("1").load().migrate();
    try (var connection = source.getConnection()) {
      connection
          .createStatement()
          .execute(
              "INSERT INTO earlier.run_transition VALUES ('bs-run-1', 1, 'shop', 'web', 'uid-1',"
                  + " 'INC-1', now(), 'Acting', 'back', null, 'Why', 'What.')");

      // when
      flyway.target("latest").load().migrate();

      // then
      var rows =
          connection
              .createStatement()
              .executeQuery("SELECT kind, namespace, uid, stage FROM earlier.run_transition");
      assertThat(rows.next()).isTrue();
      assertThat(List.of(rows.getString(1), rows.getString(2), rows.getString(3)))
          .containsExactly("RollbackPlan", "shop", "uid-1");
      assertThat(rows.getString("stage")).isEqualTo("back");
    }
  }

  /** A fail-over without a word: without a limit the one thread that writes would wait for ever. */
  @Test
  @Timeout(60)
  void aDatabaseThatDoesNotAnswerAnyMoreIsNotWaitedForForEver() throws Exception {
    // given
    table.write(PLAN, List.of(step(1, Phase.Pending)));

    // when
    proxy.swallow();

    // then
    assertThatThrownBy(() -> table.write(PLAN, List.of(step(3, Phase.Acting))))
        .isInstanceOf(JournalTable.UnreachableException.class);
  }

  @Test
  void aDatabaseThatIsDownIsUnreachable() throws Exception {
    proxy.close();

    assertThatThrownBy(() -> table.write(PLAN, List.of(step(4, Phase.Acting))))
        .isInstanceOf(JournalTable.UnreachableException.class);
  }

  /** The database is well: it is this plan's step that it does not take. */
  @Test
  void whatTheDatabaseRefusesIsNoOutage() {
    assertThatThrownBy(() -> table.write(PLAN, List.of(step(5, null))))
        .isInstanceOf(RuntimeException.class);
  }
}
