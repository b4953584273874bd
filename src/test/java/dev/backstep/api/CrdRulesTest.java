package dev.backstep.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
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

  @Test
  void everyInvalidFileSaysWhatToExpect() {
    assertThat(CrdCase.in("invalid")).isNotEmpty().allMatch(it -> !it.expected().isEmpty());
  }

  /** A rule without a message would show users its expression: it counts as an empty message. */
  private static Set<String> messages() throws IOException {
    try (var files = Files.list(Path.of("deploy", "crds"))) {
      return files
          .map(CrdRulesTest::read)
          .flatMap(definition -> definition.findValues("x-kubernetes-validations").stream())
          .flatMap(rules -> StreamSupport.stream(rules.spliterator(), false))
          .map(rule -> rule.path("message").asText())
          .collect(Collectors.toSet());
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
