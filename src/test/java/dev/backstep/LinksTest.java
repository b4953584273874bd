package dev.backstep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What one page of the documentation says of another is there. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
  private static final List<String> FOLDERS = List.of("docs", "samples", "dev", "bench");

  static Stream<Path> pages() throws IOException {
    var pages = Stream.<Path>builder();
    Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(Path::of).forEach(pages);
    for (var folder : FOLDERS) {
      try (var files = Files.walk(Path.of(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(pages);
      }
    }
    return pages.build();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void leadsSomewhere(Path page) throws IOException {
    var text = CODE.matcher(Files.readString(page)).replaceAll("");
    var links = LINK.matcher(text).results().map(it -> it.group(1));

    assertThat(links.filter(link -> !link.startsWith("http")))
        .allSatisfy(link -> assertThat(leads(page, link)).as(link).isTrue());
  }

  @Test
  void theReadmeLeadsToEverySample() throws IOException {
    try (var samples = Files.list(Path.of("samples"))) {
      assertThat(samples.filter(Files::isDirectory).map("](%s)"::formatted))
          .allSatisfy(link -> assertThat(Files.readString(Path.of("README.md"))).contains(link));
    }
  }

  private static boolean leads(Path page, String link) {
    var parts = link.split("#", 2);
    var there = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    return Files.exists(there) && (parts.length == 1 || anchors(there).contains(parts[1]));
  }

  /** Headings as GitHub names them. */
  private static List<String> anchors(Path page) {
    try {
      return Files.readAllLines(page).stream()
          .filter(line -> line.startsWith("#"))
          .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
          .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
