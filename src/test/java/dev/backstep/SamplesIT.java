package dev.backstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.testing.Cluster;
import dev.backstep.testing.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The API server takes every sample as it is, and finds nothing in it that it does not know. */
@ResourceLock(Cluster.ARGO_ROLLOUTS)
class SamplesIT {
  private static final List<String> ORDER = List.of("app.yaml", "rbac.yaml", "plan.yaml");
  private static final String RUN = "run.yaml";
  private static final String APPROVAL = "approval.yaml";

  static Stream<Path> samples() throws IOException {
    return Files.list(Path.of("samples")).filter(Files::isDirectory);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void areAccepted(Path sample) throws IOException {
    var cluster = Cluster.get();
    assumeTrue(
        !Files.readString(sample.resolve("app.yaml")).contains("kind: Rollout")
            || cluster.argoRollouts(),
        "Argo Rollouts cannot be started here");
    var namespace = cluster.newNamespace("sample");
    try {
      for (var file : ORDER) {
        apply(sample.resolve(file), namespace);
      }
      for (var file : runs(sample)) {
        apply(sample.resolve(file), namespace);
        takeOutRun(namespace);
      }
      if (Files.exists(sample.resolve(APPROVAL))) {
        create(sample.resolve(APPROVAL), namespace);
      }
    } finally {
      cluster.deleteNamespace(namespace);
    }
  }

  /** Every YAML file beside those that each sample has is a run, or an approval of one. */
  private static List<String> runs(Path sample) throws IOException {
    try (var files = Files.list(sample)) {
      var names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertThat(names).contains("README.md", RUN).containsAll(ORDER);
      var runs =
          names.stream()
              .filter(
                  name -> name.endsWith(".yaml") && !name.equals(APPROVAL) && !ORDER.contains(name))
              .toList();
      assertThat(runs).allMatch(name -> name.endsWith(RUN));
      return runs;
    }
  }

  /** Not applied: the name of an approval is made by the API server. */
  private static void create(Path file, String namespace) throws IOException {
    var text = Files.readString(file).replaceAll("\\bshop\\b", namespace);
    accepted(Cluster.get().kubectl().runWithInput(text, "create", "-f", "-"));
  }

  private static void apply(Path file, String namespace) throws IOException {
    var text = Files.readString(file).replaceAll("\\bshop\\b", namespace);
    var manager = "--field-manager=" + file.getFileName();
    accepted(
        Cluster.get().kubectl().runWithInput(text, "apply", "--server-side", manager, "-f", "-"));
  }

  private static void takeOutRun(String namespace) {
    var kubectl = Cluster.get().kubectl();
    var plan = kubectl.run("-n", namespace, "get", "rollbackplans", "-o", "name").stdout().strip();
    var patch = "{\"spec\":{\"run\":null}}";
    accepted(kubectl.run("-n", namespace, "patch", plan, "--type=merge", "-p", patch));
  }

  private static void accepted(Command.Result applied) {
    assertThat(applied.stderr()).isEmpty();
    assertThat(applied.exit()).isZero();
  }
}
