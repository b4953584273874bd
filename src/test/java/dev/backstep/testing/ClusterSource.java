package dev.backstep.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Finds a cluster or starts one: the one that is named, else k3s where Docker runs, else the
 * project's own. Never the developer's current kubectl context.
 *
 * <p>What this JVM started is kept in system properties, because Quarkus loads the classes of some
 * tests a second time, and they must find the same cluster.
 */
final class ClusterSource {
  private static final String KUBECONFIG = "backstep.kubeconfig";
  private static final String STARTED = "backstep.cluster.started";
  private static final DockerImageName K3S = DockerImageName.parse("rancher/k3s:v1.34.4-k3s1");
  private static final String SCRIPT = "dev/cluster";

  private ClusterSource() {}

  /** Where a cluster is; the path is what programs such as kubectl are looked up in. */
  record Access(Path kubeconfig, Optional<Path> auditLog, String path) {}

  static Access access() {
    var named = System.getProperty(KUBECONFIG, System.getenv("BACKSTEP_KUBECONFIG"));
    if (named != null) {
      return without(Path.of(named));
    }
    return isDockerAvailable() ? k3s() : local();
  }

  static void stop() {
    if (Boolean.getBoolean(STARTED)) {
      System.clearProperty(STARTED);
      script("down");
    }
  }

  /** A machine without Docker is no error here, so Testcontainers need not log one. */
  private static boolean isDockerAvailable() {
    var log = Logger.getLogger("org.testcontainers");
    var level = log.getLevel();
    log.setLevel(Level.OFF);
    try {
      return DockerClientFactory.instance().isDockerAvailable();
    } finally {
      log.setLevel(level);
    }
  }

  /** The container is not stopped here: Testcontainers removes it when the JVM has ended. */
  private static Access k3s() {
    var container = new K3sContainer(K3S);
    container.start();
    try {
      var kubeconfig = Files.createTempFile("backstep", ".kubeconfig");
      kubeconfig.toFile().deleteOnExit();
      Files.writeString(kubeconfig, container.getKubeConfigYaml());
      System.setProperty(KUBECONFIG, kubeconfig.toString());
      return without(kubeconfig);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Access local() {
    if (ran(SCRIPT, "status").exit() != 0) {
      System.setProperty(STARTED, "true");
      script("up");
    }
    var exports = "eval \"$(" + SCRIPT + " env)\"; echo \"$KUBECONFIG\"; echo \"$AUDIT_LOG\"";
    var lines = ran("bash", "-c", exports + "; echo \"$PATH\"").orThrow().stdout().lines().toList();
    return new Access(Path.of(lines.get(0)), Optional.of(Path.of(lines.get(1))), lines.get(2));
  }

  /**
   * Starts something beside the project's own cluster; false: this is another cluster.
   *
   * @param what a command of the script, such as argo-rollouts
   */
  static boolean beside(Access access, String what) {
    if (access.auditLog().isEmpty()) {
      return false;
    }
    script(what);
    return true;
  }

  private static Access without(Path kubeconfig) {
    return new Access(kubeconfig, Optional.empty(), System.getenv("PATH"));
  }

  private static Command.Result ran(String... command) {
    return Command.run(List.of(command), System.getenv(), "");
  }

  /**
   * Shows the script's progress line by line. Not inheritIO: the JVM's own output is the channel by
   * which a forked test run reports its results.
   */
  private static void script(String command) {
    try {
      var process = new ProcessBuilder(SCRIPT, command).redirectErrorStream(true).start();
      try (var output = process.inputReader(StandardCharsets.UTF_8)) {
        output.lines().forEach(System.out::println);
      }
      if (process.waitFor() != 0) {
        throw new IllegalStateException(SCRIPT + " " + command + " failed; its output says why");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
