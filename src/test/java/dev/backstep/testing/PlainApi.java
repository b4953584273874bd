package dev.backstep.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A way to the API server without TLS, for the operators of the tests: {@code kubectl proxy}, which
 * lets everything through as it is. Each watch is a connection of its own, and a JVM that has just
 * started spends more on the handshakes of a dozen namespaces than on all else that a start is. How
 * an operator gets there by TLS, those show that run in pods.
 */
final class PlainApi {
  private static final Pattern SERVING = Pattern.compile("Starting to serve on (\\S+)");

  private PlainApi() {}

  /** The proxy is started when the first operator is, and ends with this JVM. */
  private static final class Lazy {
    private static final Path KUBECONFIG = start();
  }

  /** What an operator reaches the API server by, as the cluster's administrator. */
  static Path kubeconfig() {
    return Lazy.KUBECONFIG;
  }

  private static Path start() {
    var builder =
        new ProcessBuilder(
            Cluster.get().program("kubectl").toString(),
            "proxy",
            "--address=127.0.0.1",
            "--port=0");
    builder.environment().putAll(Cluster.get().environment());
    try {
      var process = builder.redirectErrorStream(true).start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      var said = process.inputReader().readLine();
      var serving = SERVING.matcher(Optional.ofNullable(said).orElse(""));
      if (!serving.find()) {
        throw new IllegalStateException("kubectl proxy does not serve: " + said);
      }
      return Files.writeString(
          Files.createTempFile(Path.of("target"), "plain-", ".kubeconfig"),
          kubeconfig(serving.group(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String kubeconfig(String address) {
    return """
    apiVersion: v1
    kind: Config
    current-context: plain
    contexts: [{name: plain, context: {cluster: plain, user: plain}}]
    clusters: [{name: plain, cluster: {server: "http://%s"}}]
    users: [{name: plain, user: {}}]
    """
        .formatted(address);
  }
}
