package dev.backstep.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The rules and the dashboard that are shipped. */
final class Monitoring {
  private static final Path FOLDER = Path.of("deploy", "helm", "backstep", "files", "monitoring");
  static final Path RULES = FOLDER.resolve("rules.yaml");
  static final Path DASHBOARD = FOLDER.resolve("dashboard.json");

  private static final Pattern METRIC = Pattern.compile("\\b(?:backstep|jvm|process)_[a-z_]+");

  private Monitoring() {}

  private static JsonNode read(Path file) {
    try {
      return new ObjectMapper(new YAMLFactory()).readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<JsonNode> each(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  static List<JsonNode> alerts() {
    return each(read(RULES).path("groups")).flatMap(group -> each(group.path("rules"))).toList();
  }

  static List<JsonNode> panels() {
    return each(read(DASHBOARD).path("panels")).toList();
  }

  /** What Prometheus is asked by the rules, and by the dashboard with everything selected. */
  static List<String> expressions() {
    return Stream.concat(
            alerts().stream().map(it -> it.path("expr").asText()),
            panels().stream().flatMap(Monitoring::expressions))
        .toList();
  }

  /** What Prometheus is asked by one panel. */
  static Stream<String> expressions(JsonNode panel) {
    return each(panel.path("targets"))
        .map(it -> it.path("expr").asText())
        .map(it -> it.replace("$__rate_interval", "1m").replaceAll("\\$[a-z]+", ".*"));
  }

  /** The metrics that are named there. */
  static Set<String> metrics() {
    var names = new TreeSet<String>();
    expressions()
        .forEach(it -> METRIC.matcher(it).results().map(MatchResult::group).forEach(names::add));
    return names;
  }
}
