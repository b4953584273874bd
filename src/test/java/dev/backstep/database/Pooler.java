package dev.backstep.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** A real PgBouncer before the database of a test. */
public final class Pooler implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

  private final Process process;
  private final int port;

  private Pooler(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one with a setting; the test is skipped where there is no PgBouncer. */
  public static Pooler before(TestDatabase database, String mode, String setting)
      throws IOException {
    assumeTrue(
        Files.isExecutable(PROGRAM), "PgBouncer is not installed: apt-get install pgbouncer");
    var folder = Files.createTempDirectory("pgbouncer");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    var port = freePort();
    Files.writeString(folder.resolve("users"), "\"%s\" \"\"\n".formatted(database.name()));
    var settings =
        """
        [databases]
        %1$s = host=127.0.0.1 port=%2$d dbname=%1$s user=%1$s password='%3$s'
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %4$d
        unix_socket_dir =
        auth_type = trust
        auth_file = %5$s/users
        pool_mode = %6$s
        %7$s
        """
            .formatted(
                database.name(),
                database.server().port(),
                TestDatabase.PASSWORD,
                port,
                folder,
                mode,
                setting);
    var pooler = new Pooler(start(Files.writeString(folder.resolve("ini"), settings)), port);
    await().ignoreException(ConnectException.class).untilAsserted(pooler::listens);
    database.secretSays("port", String.valueOf(port));
    return pooler;
  }

  /** It refuses to run as root. */
  private static Process start(Path settings) throws IOException {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "-q"));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("-u", "nobody"));
    }
    command.add(settings.toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void listens() throws IOException {
    assertThat(process.isAlive()).isTrue();
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
    }
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
