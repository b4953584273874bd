package dev.backstep.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Author;
import dev.backstep.testing.LoopbackApi;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A database of its own for each test, in a real PostgreSQL, and an API server with its Secret. */
public final class TestDatabase implements AutoCloseable {
  public static final Author AUTHOR = new Author("shop", "runner");
  public static final String SECRET = "orders-db";
  public static final String PASSWORD = "correct horse";

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String name = "orders%d".formatted(NUMBER.incrementAndGet());
  private final LoopbackApi api = new LoopbackApi();
  private final Sessions sessions = sessionsOfAnother();
  private final TestServer server;

  public TestDatabase() {
    this(TestServer.shared());
  }

  public TestDatabase(TestServer server) {
    this.server = server;
    server.asAdmin("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(name, PASSWORD));
    server.asAdmin("CREATE DATABASE %1$s OWNER %1$s".formatted(name));
    api.has(secret(Map.of()));
  }

  public TestServer server() {
    return server;
  }

  public static void asAdmin(String sql) {
    TestServer.shared().asAdmin(sql);
  }

  /** The database's name, and that of the role that owns it. */
  public String name() {
    return name;
  }

  public LoopbackApi api() {
    return api;
  }

  public Sessions sessions() {
    return sessions;
  }

  /** Those of another process of the operator. */
  public Sessions sessionsOfAnother() {
    return new Sessions(new DatabaseSecrets(new Impersonation(api.client())));
  }

  /** Reached as this Secret says from now on: keys that are otherwise; null: without the key. */
  public void secretSays(String key, String value) {
    var other = new LinkedHashMap<String, String>();
    other.put(key, value);
    secretSays(other);
  }

  public void secretSays(Map<String, String> otherwise) {
    api.has(secret(otherwise));
  }

  public Secret secret(Map<String, String> otherwise) {
    var values = new LinkedHashMap<String, String>();
    values.put("host", "127.0.0.1");
    values.put("port", String.valueOf(server.port()));
    values.put("dbname", name);
    values.put("user", name);
    values.put("password", PASSWORD);
    values.putAll(otherwise);
    values.values().removeIf(value -> value == null);
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(AUTHOR.namespace())
        .withName(SECRET)
        .addToLabels(DatabaseSecrets.LABEL, "true")
        .endMetadata()
        .withData(
            values.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, it -> base64(it.getValue()))))
        .build();
  }

  private static String base64(String value) {
    return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  /** A session of the database's owner that the operator knows nothing of. */
  public Connection connection() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(server.port(), name), name, PASSWORD);
  }

  public TestDatabase has(String sql) {
    try (var connection = connection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
      return this;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The rows of a query, each as its values with a space between. */
  public List<String> rows(String query) {
    try (var connection = connection();
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      var rows = new ArrayList<String>();
      while (result.next()) {
        var row = new ArrayList<String>();
        for (var i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(Optional.ofNullable(result.getString(i)).orElse("NULL"));
        }
        rows.add(String.join(" ", row));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until a session with this database waits for another one. */
  public void awaitWaiting() {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        rows(
                            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"))
                    .isNotEmpty());
  }

  /** Hundreds of databases would be written to the disk, and be taken away at the very end. */
  @Override
  public void close() {
    api.close();
    server.drop(name);
  }
}
