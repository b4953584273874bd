package dev.backstep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.testing.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The API server takes every sample as it is, and finds nothing in it that it does not know. */
class SamplesIT {
  private static final List<String> ORDER =
      List.of("app.yaml", "rbac.yaml", "plan.yaml", "run.yaml");

  static Stream<Path> samples() throws IOException {
    return Files.list(Path.of("samples"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void areAccepted(Path sample) throws IOException {
    var cluster = Cluster.get();
    var namespace = cluster.newNamespace("sample");
    try (var files = Files.list(sample)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("README.md", "app.yaml", "rbac.yaml", "plan.yaml", "run.yaml");
      for (var file : ORDER) {
        var text = Files.readString(sample.resolve(file)).replaceAll("\\bshop\\b", namespace);
        var applied =
            cluster
                .kubectl()
                .runWithInput(text, "apply", "--server-side", "--field-manager=" + file, "-f", "-");
        assertThat(applied.stderr()).isEmpty();
        assertThat(applied.exit()).isZero();
      }
    } finally {
      cluster.deleteNamespace(namespace);
    }
  }
}
