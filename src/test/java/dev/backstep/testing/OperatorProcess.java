package dev.backstep.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * The packaged operator as a process of its own, as a user runs it; so it can be killed for real.
 */
public final class OperatorProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  /** The chart's, and what starts sooner. */
  private static final List<String> FAST =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx160m");

  private static final Path CHART = Path.of("deploy", "helm", "backstep");

  /** Of the operator's own pods: the chart has others too. */
  private static final Pattern CHART_LIMIT =
      Pattern.compile("(?m)^resources:\n(?:  .*\n)*?  limits:\n    memory: (\\d+)Mi$");

  private static final Pattern CHART_OPTIONS =
      Pattern.compile("name: JAVA_TOOL_OPTIONS\\s+(?:#.*\\s+)*value: \"(.+)\"");
  private static final Pattern LISTENING = Pattern.compile("Listening on: (http://\\S+)");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private final Map<String, String> environment = new HashMap<>();
  private final List<String> options;
  private final Path log;
  private Process process;
  private long startedNanos;

  /** Where in the log the last start begins. */
  private int started;

  private OperatorProcess(List<String> options, Map<String, String> environment) {
    this.options = options;
    this.environment.putAll(environment);
    this.environment.put("KUBECONFIG", Cluster.get().kubeconfig().toString());
    try {
      this.log = Files.createTempFile(Path.of("target"), "operator-", ".log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An operator that serves some namespaces; it is not started yet. */
  static OperatorProcess serving(List<String> namespaces, Map<String, String> environment) {
    var operator = new OperatorProcess(FAST, environment);
    operator.environment.put("KUBECONFIG", PlainApi.kubeconfig().toAbsolutePath().toString());
    operator.serve(namespaces);
    return operator;
  }

  /** From its next start on it serves these. */
  void serve(List<String> namespaces) {
    environment.put("QUARKUS_OPERATOR_SDK_NAMESPACES", String.join(",", namespaces));
  }

  /** An operator that serves all namespaces; it is not started yet. */
  static OperatorProcess everywhere(Map<String, String> environment) {
    return new OperatorProcess(FAST, environment);
  }

  /**
   * Starts an operator that serves all namespaces, and waits until it watches. For measurements;
   * tests have a {@link TestOperator}.
   */
  public static OperatorProcess startEverywhere() {
    var operator = everywhere(Map.of());
    operator.restart();
    return operator;
  }

  /** As {@link #startEverywhere()}, with another way to the API server. */
  public static OperatorProcess startEverywhere(Path kubeconfig) {
    var operator = new OperatorProcess(FAST, Map.of());
    operator.environment.put("KUBECONFIG", kubeconfig.toAbsolutePath().toString());
    operator.restart();
    return operator;
  }

  /** As {@link #startEverywhere()}, and as {@link #asInChart}. */
  public static OperatorProcess startAsInChart() {
    var operator = asInChart(Map.of());
    operator.restart();
    return operator;
  }

  /** With the options and the memory that the chart gives it; it is not started yet. */
  public static OperatorProcess asInChart(Map<String, String> environment) {
    var template = text(CHART.resolve(Path.of("templates", "deployment.yaml")));
    var options = new ArrayList<>(List.of(found(CHART_OPTIONS, template).split(" ")));
    options.add("-XX:MaxRAM=%sm".formatted(found(CHART_LIMIT, text(CHART.resolve("values.yaml")))));
    return new OperatorProcess(options, environment);
  }

  private static String found(Pattern pattern, String text) {
    var matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("there is no " + pattern);
    }
    return matcher.group(1);
  }

  /** How much memory the process has, in KiB. */
  public long resident() {
    var status = text(Path.of("/proc", String.valueOf(process.pid()), "status"));
    return Long.parseLong(found(RESIDENT, status));
  }

  /** When its process was started last, as {@link System#nanoTime} has it. */
  public long startedNanos() {
    return startedNanos;
  }

  /** How much time of a processor it has used since then. */
  public double processorSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  /** Starts the process again after it was killed. */
  public void restart() {
    start(Packaged.arguments(OperatorProcess::trains));
  }

  /** Starts where there is nothing to do, and ends as it should when it is ready. */
  private static void trains(List<String> arguments) {
    var operator = new OperatorProcess(FAST, Map.of());
    operator.serve(List.of("backstep-archive"));
    operator.start(arguments);
    operator.stop();
  }

  private void start(List<String> arguments) {
    started = log().length();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-Dquarkus.http.port=0");
    command.add("-Dquarkus.http.host=127.0.0.1");
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    startedNanos = System.nanoTime();
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

  /** kill -STOP: it does nothing more, as if it were dead, but its connections stay open. */
  public void freeze() {
    signal("STOP");
  }

  /** kill -CONT: it goes on as if no time had passed. */
  public void thaw() {
    signal("CONT");
  }

  /** kill -TERM, as Kubernetes does it before it ends a pod. */
  public void terminate() {
    signal("TERM");
  }

  private void signal(String name) {
    Command.run(List.of("kill", "-" + name, String.valueOf(process.pid())), Map.of(), "").orThrow();
  }

  /** Ends it as Kubernetes does, and waits until it is gone. */
  public void stop() {
    terminate();
    ended();
  }

  /** kill -9: no shutdown hook, no last write. */
  public void kill() {
    process.destroyForcibly();
    ended();
  }

  private void ended() {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Where it listens, such as {@code http://127.0.0.1:40123}; empty: not yet. */
  Optional<String> address() {
    var said = LISTENING.matcher(log().substring(started));
    return said.find() ? Optional.of(said.group(1)) : Optional.empty();
  }

  /** Everything it logged, over all restarts. */
  public String log() {
    return text(log);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }

  /**
   * It takes any port that is free, and says which: one that was chosen here may be taken by then.
   */
  private boolean isReady() {
    if (!isAlive()) {
      throw new IllegalStateException(
          "The operator ended instead of being ready; its log is " + log);
    }
    return address().filter(OperatorProcess::isReady).isPresent();
  }

  private static boolean isReady(String address) {
    var request =
        HttpRequest.newBuilder(URI.create(address + "/q/health/ready"))
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
}
