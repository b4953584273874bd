package dev.backstep.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people read stands in one piece in the code: it is read, and found, as it will be said. */
class WholeSentencesTest {
  /** A text of words on either side of a plus. */
  private static final Pattern GLUED =
      Pattern.compile(
          "\"[^\"\n]*[a-z]{2,}[^\"\n]* [^\"\n]*\"\\s*\\+|\\+\\s*\"[^\"\n]* [^\"\n]*[a-z]{2,}[^\"\n]*\"");

  @ParameterizedTest
  @ValueSource(
      strings = {"runbook", "approval", "rollbackplan", "synccontrol", "dbrestore", "gate"})
  void noSentenceIsGluedTogether(String room) throws IOException {
    try (var files = Files.walk(Path.of("src/main/java/dev/backstep", room))) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")).flatMap(this::glued))
          .as("use \"...%%s...\".formatted(x) instead of +")
          .isEmpty();
    }
  }

  private Stream<String> glued(Path file) {
    try {
      return GLUED
          .matcher(Files.readString(file))
          .results()
          .map(found -> "%s: %s".formatted(file.getFileName(), found.group()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
