package dev.backstep.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * The packaged operator as a process of its own, as a user runs it; so it can be killed for real.
 */
public final class OperatorProcess implements AutoCloseable {
  private static final Path APPLICATION = Path.of("target", "quarkus-app", "quarkus-run.jar");
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  private final Map<String, String> environment = new HashMap<>();
  private final Path log;
  private Process process;
  private int port;

  private OperatorProcess(Map<String, String> environment) {
    this.environment.putAll(environment);
    this.environment.put("KUBECONFIG", Cluster.get().kubeconfig().toString());
    try {
      this.log = Files.createTempFile(Path.of("target"), "operator-", ".log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An operator that serves some namespaces, separated by commas; it is not started yet. */
  static OperatorProcess serving(String namespaces, Map<String, String> environment) {
    var all = new HashMap<>(environment);
    all.put("QUARKUS_OPERATOR_SDK_NAMESPACES", namespaces);
    return new OperatorProcess(all);
  }

  /**
   * Starts an operator that serves all namespaces, and waits until it watches. For measurements;
   * tests have a {@link TestOperator}.
   */
  public static OperatorProcess startEverywhere() {
    var operator = new OperatorProcess(Map.of());
    operator.restart();
    return operator;
  }

  /** Starts the process again after it was killed. */
  public void restart() {
    if (!Files.exists(APPLICATION)) {
      throw new IllegalStateException(APPLICATION + " is missing: run mvn package");
    }
    port = freePort();
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx160m",
            "-Dquarkus.http.port=" + port,
            "-Dquarkus.http.host=127.0.0.1",
            "-jar",
            APPLICATION.toString());
    builder.environment().putAll(environment);
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("the operator to be ready; its log is " + log)
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(this::isReady);
  }

  /** kill -9: no shutdown hook, no last write. */
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Everything it logged, over all restarts. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }

  private boolean isReady() {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
            .timeout(Duration.ofSeconds(2))
            .build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
