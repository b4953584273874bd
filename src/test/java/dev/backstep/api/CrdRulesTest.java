package dev.backstep.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Every rule of the CRDs is shown to users by a file that breaks it. */
class CrdRulesTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void everyRuleHasAFileThatBreaksIt() throws IOException {
    var shown =
        CrdCase.in("invalid").stream()
            .flatMap(it -> it.expected().stream())
            .collect(Collectors.toSet());

    assertThat(messages()).isNotEmpty().isSubsetOf(shown);
  }

  /** A message that names what is wrong is an expression: its longest text is what is shown. */
  @Test
  void everyMessageThatNamesSomethingIsShown() throws IOException {
    var shown =
        CrdCase.in("invalid").stream()
            .flatMap(it -> it.expected().stream())
            .collect(Collectors.toSet());

    assertThat(rules())
        .filteredOn(rule -> rule.has("messageExpression"))
        .isNotEmpty()
        .allSatisfy(
            rule -> {
              var text = longestText(rule.path("messageExpression").asText());
              assertThat(shown).anyMatch(message -> message.contains(text));
            });
  }

  private static String longestText(String expression) {
    var parts = expression.split("'");
    return IntStream.range(0, parts.length)
        .filter(index -> index % 2 == 1)
        .mapToObj(index -> parts[index])
        .flatMap(text -> Arrays.stream(text.split("%s")))
        .max(Comparator.comparingInt(String::length))
        .orElseThrow();
  }

  @Test
  void everyInvalidFileSaysWhatToExpect() {
    assertThat(CrdCase.in("invalid")).isNotEmpty().allMatch(it -> !it.expected().isEmpty());
  }

  /** A rule without a message would show users its expression: it counts as an empty message. */
  private static Set<String> messages() throws IOException {
    return rules().stream()
        .filter(rule -> !rule.has("messageExpression"))
        .map(rule -> rule.path("message").asText())
        .collect(Collectors.toSet());
  }

  private static List<JsonNode> rules() throws IOException {
    try (var files = Files.list(Path.of("deploy", "crds"))) {
      return files
          .map(CrdRulesTest::read)
          .flatMap(definition -> definition.findValues("x-kubernetes-validations").stream())
          .flatMap(rules -> StreamSupport.stream(rules.spliterator(), false))
          .toList();
    }
  }

  private static JsonNode read(Path file) {
    try {
      return YAML.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
