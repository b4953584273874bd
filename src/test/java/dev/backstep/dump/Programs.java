package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.backstep.database.TestDatabase;
import dev.backstep.database.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The programs in processes of their own, as the container runs them, with a real PostgreSQL. */
public final class Programs {
  private static final Path FETCHED = Path.of("target", "postgres");
  private static final String VERSION = "15";
  private static final int LIMIT_SECONDS = 1800;

  private final Path folder;

  /** A program in this folder, which is empty before. */
  public Programs(Path folder) {
    this.folder = folder;
  }

  /** How a program ended, and what it said. */
  public record Ended(int code, String said) {}

  /**
   * A server that Debian's pg_dump is not too old for; the test is skipped where there is no
   * pg_dump.
   */
  public static TestServer server() {
    assumeFalse(
        PgPrograms.here().all().isEmpty(),
        "pg_dump is not installed: apt-get install postgresql-client-15");
    return Server.IT;
  }

  /** As {@link #server()}, one that writes its log of changes into this folder. */
  static TestServer server(Path wal) {
    assumeFalse(PgPrograms.here().all().isEmpty(), "pg_dump is not installed");
    return TestServer.of(jar(), wal);
  }

  private static final class Server {
    private static final TestServer IT = TestServer.of(jar());
  }

  private static Path jar() {
    try (var jars = Files.list(FETCHED)) {
      return jars.filter(jar -> jar.getFileName().toString().contains("-%s.".formatted(VERSION)))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A Secret as the kubelet mounts it. */
  public DumpDatabase mounted(TestDatabase database, Map<String, String> otherwise) {
    var mounted = folder.resolve("secret");
    try {
      Files.createDirectories(mounted.resolve("..data"));
      for (var value : database.secret(otherwise).getData().entrySet()) {
        Files.write(mounted.resolve(value.getKey()), Base64.getDecoder().decode(value.getValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new DumpDatabase("shop", TestDatabase.SECRET, mounted.toString());
  }

  Process start(Class<?> main, String variable, String task) throws IOException {
    var scratch = Files.createDirectories(folder.resolve("scratch"));
    var program =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + scratch,
            "-cp",
            classPath(),
            main.getName());
    program.environment().put(variable, task);
    return program.redirectErrorStream(true).redirectOutput(log().toFile()).start();
  }

  /** A benchmark is started by Maven, whose own class path the property has then. */
  private static String classPath() {
    return Programs.class.getClassLoader() instanceof URLClassLoader loader
        ? Stream.of(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(":"))
        : System.getProperty("java.class.path");
  }

  private Path log() {
    return folder.resolve("log");
  }

  Ended ended(Process program) throws IOException, InterruptedException {
    assertThat(program.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Ended(program.exitValue(), Files.readString(log(), StandardCharsets.UTF_8));
  }

  public Ended run(BackupTask task) throws IOException, InterruptedException {
    return ended(start(Backup.class, BackupTask.VARIABLE, task.json()));
  }

  public Ended run(LoadTask task) throws IOException, InterruptedException {
    return ended(start(Load.class, LoadTask.VARIABLE, task.json()));
  }

  Ended run(ExportTask task) throws IOException, InterruptedException {
    return ended(start(Export.class, ExportTask.VARIABLE, task.json()));
  }

  /** Dumps a database by hand. */
  public static Path dumped(TestDatabase database, Path to, String... options) {
    try {
      var command =
          new java.util.ArrayList<>(
              List.of(PgPrograms.here().of(15).get(0).pgDump(), "-f", to.toString()));
      command.addAll(List.of(options));
      var dump = new ProcessBuilder(command).redirectErrorStream(true);
      dump.environment()
          .putAll(
              Map.of(
                  "PGHOST",
                  "127.0.0.1",
                  "PGPORT",
                  String.valueOf(database.server().port()),
                  "PGUSER",
                  "postgres",
                  "PGDATABASE",
                  database.name()));
      var program = dump.start();
      var said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(program.waitFor()).as(said).isZero();
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException | dev.backstep.problem.ProblemException e) {
      throw new IllegalStateException(e);
    }
  }
}
