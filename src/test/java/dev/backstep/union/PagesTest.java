package dev.backstep.union;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each kind of action and gate has one short page, {@code docs/actions/<name>.md} or {@code
 * docs/gates/<name>.md}, always of the same parts, with an example that is a part of a sample, as
 * are those of the guide for newcomers: {@code SamplesIT} applies all of those.
 */
class PagesTest {
  private static final String KINDS = "dev.backstep.union.UnionTest#kinds";
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final int LONGEST = 100;

  @ParameterizedTest
  @MethodSource(KINDS)
  void hasTheSamePartsAsAllOthers(String kind) throws IOException {
    var page = Files.readString(page(kind));

    var parts = kind.startsWith("action/") ? ofAction(kind) : ofGate(kind);
    assertThat(page).startsWith(parts.get(0));
    assertThat(page.lines().filter(line -> line.startsWith("#"))).containsSubsequence(parts);
    assertThat(page.lines()).hasSizeLessThanOrEqualTo(LONGEST);
    assertThat(page).contains("(../reference.md#");
  }

  private static List<String> ofAction(String kind) {
    var title = "# Action `%s`".formatted(name(kind));
    return List.of(title, "## Rights", "## Undo", "## Dry run", "## Example");
  }

  private static List<String> ofGate(String kind) {
    var title = "# Gate `%s`".formatted(name(kind));
    return List.of(title, "## Readings", "## Rights", "## Example");
  }

  @ParameterizedTest
  @MethodSource(KINDS)
  void hasAnExampleThatIsAPartOfASample(String kind) throws IOException {
    var examples = examples(page(kind));

    assertThat(examples).hasSize(1);
    var example = examples.get(0);
    assertThat(example.get(0)).startsWith("- name: ");
    assertThat(example).anyMatch(line -> line.strip().startsWith(name(kind) + ":"));
    isAPartOfASample(example);
  }

  @Test
  void theGuideQuotesSamples() throws IOException {
    var examples = examples(Path.of("docs", "from-your-runbook-to-a-plan.md"));

    assertThat(examples).hasSizeGreaterThan(5).allSatisfy(PagesTest::isAPartOfASample);
  }

  private static List<List<String>> examples(Path page) throws IOException {
    return EXAMPLE
        .matcher(Files.readString(page))
        .results()
        .map(it -> it.group(1).lines().toList())
        .toList();
  }

  private static void isAPartOfASample(List<String> example) throws IOException {
    try (var files = Files.walk(Path.of("samples"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".yaml")))
          .as("samples that have this in them:\n%s", String.join("\n", example))
          .anyMatch(file -> contains(lines(file), example));
    }
  }

  private static boolean contains(List<String> sample, List<String> example) {
    return IntStream.rangeClosed(0, sample.size() - example.size())
        .anyMatch(from -> begins(sample.subList(from, sample.size()), example));
  }

  /** The example stands further to the left than in the sample. */
  private static boolean begins(List<String> sample, List<String> example) {
    var first = sample.get(0);
    var indent = first.substring(0, first.length() - first.stripLeading().length());
    return IntStream.range(0, example.size())
        .allMatch(at -> sample.get(at).equals((indent + example.get(at)).stripTrailing()));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(String kind) {
    return kind.substring(kind.indexOf('/') + 1);
  }

  private static Path page(String kind) {
    return Path.of("docs", kind.replaceFirst("/", "s/") + ".md");
  }
}
