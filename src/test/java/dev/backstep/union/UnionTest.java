package dev.backstep.union;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.schema.Inserted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a new kind of action or gate needs beside its record: a room, a sample and a word. */
class UnionTest {
  static Stream<String> kinds() {
    return Stream.concat(members(Action.class, "action/"), members(Gate.class, "gate/"));
  }

  private static Stream<String> members(Class<? extends Record> union, String folder) {
    return Arrays.stream(union.getRecordComponents())
        .filter(component -> component.getType().isRecord())
        .filter(component -> !component.isAnnotationPresent(Inserted.class))
        .map(RecordComponent::getName)
        .map(name -> folder + name);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void eachKindHasItsPackageASampleAndDocs(String kind) throws IOException {
    var name = kind.substring(kind.indexOf('/') + 1);

    assertThat(Path.of("src/main/java/dev/backstep", kind.toLowerCase(Locale.ROOT))).isDirectory();
    assertThat(texts("samples", ".yaml")).contains(name + ":");
    assertThat(texts("docs", ".md")).contains("`" + name + "`");
  }

  private static String texts(String folder, String ending) throws IOException {
    try (var files = Files.walk(Path.of(folder))) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .map(UnionTest::read)
          .collect(Collectors.joining());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
