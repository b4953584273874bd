package dev.backstep.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipFile;
import org.jboss.logging.Logger;

/** A real PostgreSQL on loopback that asks everybody but its superuser for passwords. */
public final class TestServer implements AutoCloseable {
  /** The servers' own. */
  static final Certificate TLS = Certificate.made();

  private static final String BINARIES = "postgres-linux-x86_64.txz";
  private static final String STANDBY = "standby.signal";
  private static final Logger LOG = Logger.getLogger(TestServer.class);

  private final EmbeddedPostgres server;

  private TestServer(EmbeddedPostgres server) {
    this.server = server;
  }

  /** The one that most tests share; it ends with the process. */
  public static TestServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    private static final TestServer SERVER = with("max_connections", "40");
  }

  /** A server with a setting of its own. */
  public static TestServer with(String setting, String value) {
    return started(builder().setServerConfig(setting, value));
  }

  /** A server with settings of its own. */
  public static TestServer with(Map<String, String> settings) {
    var builder = builder();
    settings.forEach(builder::setServerConfig);
    return started(builder);
  }

  /** A server that has on its disk what it says is committed, as PostgreSQL does by default. */
  public static TestServer durable() {
    return started(
        builder().setServerConfig("fsync", "on").setServerConfig("synchronous_commit", "on"));
  }

  /** A server that follows another one, which is away. */
  public static TestServer standby() {
    return started(
        builder()
            .setDataDirectoryCustomizer(
                data -> {
                  askForPasswords(data.toPath());
                  write(data.toPath().resolve(STANDBY), "");
                }));
  }

  /** The server's certificate, which is its own authority. */
  public static String certificate() {
    return TLS.certificate();
  }

  /**
   * A server of another version.
   *
   * @param jar with its programs
   */
  public static TestServer of(Path jar) {
    return started(builder().setPgBinaryResolver((system, machine) -> binaries(jar)));
  }

  /**
   * A server of another version that writes its log of changes elsewhere.
   *
   * @param wal an empty folder
   */
  public static TestServer of(Path jar, Path wal) {
    return started(
        builder()
            .setPgBinaryResolver((system, machine) -> binaries(jar))
            .setLocaleConfig("waldir", wal.toString())
            .setServerConfig("wal_keep_size", "1GB"));
  }

  private static InputStream binaries(Path jar) throws IOException {
    var archive = new ZipFile(jar.toFile());
    return archive.getInputStream(archive.getEntry(BINARIES));
  }

  private static EmbeddedPostgres.Builder builder() {
    var settings = new LinkedHashMap<String, String>();
    settings.put("listen_addresses", "127.0.0.1,127.0.0.2");
    settings.put("ssl", "on");
    settings.put("ssl_cert_file", written(TLS.certificate()));
    settings.put("ssl_key_file", written(TLS.key()));
    var builder =
        EmbeddedPostgres.builder()
            .setDataDirectoryCustomizer(data -> askForPasswords(data.toPath()));
    settings.forEach(builder::setServerConfig);
    return builder;
  }

  private static TestServer started(EmbeddedPostgres.Builder builder) {
    try {
      return new TestServer(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String written(String pem) {
    try {
      return Certificate.written(pem).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void askForPasswords(Path data) {
    write(
        data.resolve("pg_hba.conf"),
        """
        host all postgres 127.0.0.0/8 trust
        host replication postgres 127.0.0.0/8 trust
        host all all 127.0.0.0/8 scram-sha-256
        """);
  }

  private static void write(Path file, String content) {
    try {
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getPort();
  }

  /** Executes this as the superuser, in database postgres. */
  public void asAdmin(String sql) {
    asAdmin("postgres", sql);
  }

  /** Executes this as the superuser, in any database. */
  public void asAdmin(String database, String sql) {
    try (var connection = server.getDatabase("postgres", database, Map.of()).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes a database away; where that cannot be done, it goes with the server. */
  void drop(String database) {
    var within = Map.of("connectTimeout", "2", "socketTimeout", "10");
    try (var connection = server.getDatabase("postgres", "postgres", within).getConnection();
        var statement = connection.createStatement()) {
      statement.execute("DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(database));
    } catch (SQLException e) {
      LOG.debugf("database %s stays: %s", database, e.getMessage());
    }
  }

  /**
   * Kills a part of the server without which it cannot go on: all sessions end at once, and it
   * starts anew from what is on the disk.
   */
  public void crash() throws SQLException {
    try (var session = superuser("postgres");
        var statement = session.createStatement();
        var found =
            statement.executeQuery(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")) {
      found.next();
      ProcessHandle.of(found.getLong(1)).orElseThrow().destroyForcibly();
    }
  }

  /** A session of the superuser's with this database. */
  public Connection superuser(String database) throws SQLException {
    return server.getDatabase("postgres", database, Map.of()).getConnection();
  }

  /** What a server has that follows this one: a connection for all of its changes. */
  public Connection follower(String name) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/?replication=true&preferQueryMode=simple&assumeMinServerVersion=14&user=postgres&ApplicationName=%s"
            .formatted(port(), name));
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
