package dev.backstep.api.v1alpha1.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrdFilesTest {
  @TempDir Path generated;

  @ParameterizedTest
  @ValueSource(strings = {"deploy/crds", "deploy/helm/backstep/files/crds"})
  void checkedInFilesAreWhatTheRecordsSay(String folder) throws IOException {
    CrdFiles.write(generated);

    try (var files = Files.list(generated)) {
      assertThat(files.toList())
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(Path.of(folder).resolve(file.getFileName()))
                      .as("run: mvn compile exec:java@crds")
                      .hasSameTextualContentAs(file));
    }
  }
}
