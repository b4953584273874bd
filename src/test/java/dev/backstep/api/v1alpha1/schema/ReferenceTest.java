package dev.backstep.api.v1alpha1.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReferenceTest {
  private static String reference;

  @BeforeAll
  static void generate() throws IOException {
    reference = CrdFiles.reference();
  }

  @Test
  void theCheckedInFileIsWhatTheRecordsSay() throws IOException {
    assertThat(Files.readString(Path.of("docs", "reference.md")))
        .as("run: mvn compile exec:java@crds")
        .isEqualTo(reference);
  }

  @Test
  void aFieldHasItsTypeItsBoundsItsDefaultAndItsText() {
    assertThat(reference)
        .contains("### Gate\n\nPart of [RollbackPlanSpec](#rollbackplanspec).\n")
        .contains("- **`name`** (label, required, 1 to 40 characters): Unique in the plan;")
        .contains("- **`interval`** (duration, default `10s`): Time between two measurements,")
        .contains("- **`http`** ([HttpGate](#httpgate)): Asks an HTTP endpoint.")
        .contains("- **`use`** (one of `Evidence`, `Health`, `OnDemand`, default `Health`):");
  }

  @Test
  void aRecordHasItsRules() {
    assertThat(reference).contains("\nRules:\n\n- exactly one of these must be set: ");
  }

  @Test
  void itCanBeReadAsItIs() {
    var longOnes = reference.lines().filter(line -> line.length() > 110).toList();

    assertThat(longOnes).allMatch(line -> line.contains("`^"));
  }
}
