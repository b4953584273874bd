package dev.backstep.effect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.Filled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process of another version goes on with what this one stored, or says that it cannot: so what
 * is stored does not change its form unnoticed. Each form is kept as a file, with every member that
 * it can have.
 */
class StoredFormsTest {
  private static final Path FOLDER =
      Path.of("src/test/resources/stored/records-%d".formatted(RunStatus.RECORDS));

  private static final String CHANGED =
      "What is stored of %s has another form than before. Increase RunStatus.RECORDS, so that nobody goes on with runs that the version before left open, delete %s, and write the files anew: mvn test -Dtest=StoredFormsTest -Dbackstep.stored=write";

  private final Effectors effectors = new MemoryCluster().complete(Effectors.class);

  /** Every sort of effect there is. */
  static Stream<Class<? extends Effect>> sorts() {
    return new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.backstep")
            .stream()
            .filter(type -> type.isAssignableTo(Effect.class) && type.isRecord())
            .<Class<? extends Effect>>map(type -> type.reflect().asSubclass(Effect.class));
  }

  @ParameterizedTest
  @MethodSource("sorts")
  void everySortOfEffectIsReadAsItWasWritten(Class<? extends Effect> sort) throws IOException {
    var effect = Filled.of(sort);

    var stored = stored(sort, effectors.json(effect));

    assertThat(effectors.effect((ObjectNode) stored)).contains(effect);
  }

  @Test
  void soIsARun() throws IOException {
    var run = Filled.of(RunStatus.class);

    var stored = stored(RunStatus.class, Json.MAPPER.valueToTree(run));

    assertThat(Json.MAPPER.treeToValue(stored, RunStatus.class)).isEqualTo(run);
  }

  /** The form that is kept, which is that of today. */
  private static JsonNode stored(Class<?> type, JsonNode json) throws IOException {
    var file = FOLDER.resolve(type.getSimpleName() + ".json");
    if ("write".equals(System.getProperty("backstep.stored"))) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, text(json));
    }
    assertThat(file).as("%s has no file yet; see CONTRIBUTING.md", type.getSimpleName()).exists();
    var kept = Files.readString(file);
    assertThat(text(json)).as(CHANGED, type.getSimpleName(), FOLDER).isEqualTo(kept);
    return Json.MAPPER.readTree(kept);
  }

  private static String text(JsonNode json) throws JsonProcessingException {
    return "%s%n".formatted(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json));
  }
}
