package dev.backstep.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Rules, dashboard and documentation name what there is, and all of it. */
class MonitoringTest {
  private static final List<String> FIGURES =
      Arrays.stream(Figure.values()).map(Figure::series).toList();

  private static String section(String heading) throws IOException {
    var page = Files.readString(Path.of("docs", "monitoring.md"));
    return page.substring(page.indexOf("## " + heading)).split("\n## ", 2)[0];
  }

  private static List<String> rows(String heading) throws IOException {
    return section(heading).lines().filter(line -> line.startsWith("| `")).toList();
  }

  @Test
  void everyMetricIsDocumentedAsItIsSaid() throws IOException {
    var rows =
        Arrays.stream(Figure.values())
            .map(
                figure ->
                    "| `%s` | %s | %s |"
                        .formatted(
                            figure.series(), String.join(", ", figure.labels()), figure.help()))
            .toList();

    assertThat(rows("Metrics")).containsExactlyElementsOf(rows);
  }

  @Test
  void everyAlertIsDocumented() throws IOException {
    var names = Monitoring.alerts().stream().map(it -> it.path("alert").asText()).toList();

    assertThat(rows("Alerts"))
        .extracting(row -> row.split("`")[1])
        .containsExactlyElementsOf(names);
  }

  @Test
  void everyAlertSaysWhatToDoNextWithTheCommand() {
    assertThat(Monitoring.alerts())
        .allSatisfy(
            alert -> {
              assertThat(alert.at("/annotations/summary").asText()).endsWith(".");
              assertThat(alert.at("/annotations/description").asText()).contains("\nkubectl ");
              assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning", "info");
            });
  }

  /** It would never fire, or stay empty, and nobody would know why. */
  @Test
  void whatRulesAndDashboardNameIsSaid() {
    assertThat(Monitoring.metrics())
        .filteredOn(name -> name.startsWith("backstep_"))
        .isNotEmpty()
        .isSubsetOf(FIGURES);
  }

  /** A label that a metric does not have makes an expression that is always empty. */
  @Test
  void theLabelsThatAreSelectedAreThere() {
    var selector = Pattern.compile("(backstep_[a-z_]+)\\{([^}]*)}");
    var label = Pattern.compile("(\\w+)(?:=~|!~|!=|=)\"");

    for (var expression : Monitoring.expressions()) {
      selector
          .matcher(expression)
          .results()
          .forEach(
              it ->
                  assertThat(label.matcher(it.group(2)).results().map(one -> one.group(1)))
                      .as(expression)
                      .isSubsetOf(labels(it)));
    }
  }

  private static List<String> labels(MatchResult selected) {
    return Arrays.stream(Figure.values())
        .filter(figure -> figure.series().equals(selected.group(1)))
        .findFirst()
        .orElseThrow()
        .labels();
  }

  @Test
  void thePanelsDoNotCoverEachOtherAndSayWhatTheyShow() {
    var panels = Monitoring.panels();

    assertThat(panels).extracting(it -> it.path("id").asInt()).doesNotHaveDuplicates();
    assertThat(panels)
        .allSatisfy(
            panel -> {
              assertThat(panel.path("description").asText()).endsWith(".");
              assertThat(panels).filteredOn(other -> overlap(panel, other)).containsExactly(panel);
            });
  }

  private static boolean overlap(JsonNode one, JsonNode other) {
    return within(one, other, "x", "w") && within(one, other, "y", "h");
  }

  private static boolean within(JsonNode one, JsonNode other, String from, String size) {
    var a = one.path("gridPos");
    var b = other.path("gridPos");
    return a.path(from).asInt() < b.path(from).asInt() + b.path(size).asInt()
        && b.path(from).asInt() < a.path(from).asInt() + a.path(size).asInt();
  }
}
