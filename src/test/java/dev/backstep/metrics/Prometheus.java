package dev.backstep.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backstep.testing.Shop;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;

/**
 * The real Prometheus, in a pod in the node's own network, where it reaches an operator that
 * listens on loopback. It has the rules that are shipped, without their patience.
 */
final class Prometheus {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern PORT = Pattern.compile("address=\"?127\\.0\\.0\\.1:([1-9][0-9]*)");

  private static final String CONFIG =
      """
      global: {scrape_interval: 1s, evaluation_interval: 1s}
      rule_files: [/etc/prometheus/rules.yaml]
      scrape_configs:
      - job_name: backstep
        honor_labels: true
        metrics_path: /q/metrics
        static_configs:
        - targets: ['%s']
          labels: {namespace: backstep-system, pod: backstep-0}
      """;

  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: prometheus}
      spec:
        selector: {matchLabels: {app: prometheus}}
        template:
          metadata: {labels: {app: prometheus}}
          spec:
            hostNetwork: true
            terminationGracePeriodSeconds: 1
            containers:
            - name: prometheus
              image: backstep.dev/prometheus:2
              args: ["--web.listen-address=127.0.0.1:0"]
              volumeMounts: [{name: config, mountPath: /etc/prometheus}]
            volumes: [{name: config, configMap: {name: prometheus}}]
      """;

  private final URI address;

  private Prometheus(URI address) {
    this.address = address;
  }

  /**
   * Begins to read.
   *
   * @param operator where it listens
   */
  static void begin(Shop shop, URI operator) {
    var config =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(shop.namespace())
            .withName("prometheus")
            .endMetadata()
            .withData(
                Map.of(
                    "prometheus.yml", CONFIG.formatted(operator.getAuthority()),
                    "rules.yaml", impatientRules()))
            .build();
    shop.client().resource(config).create();
    shop.apply(DEPLOYMENT);
  }

  /** What would fire in a quarter of an hour fires at once. */
  private static String impatientRules() {
    try {
      return Files.readString(Monitoring.RULES)
          .replaceAll("for: \\S+\n", "for: 0s\n")
          .replace("> 15 * 60", "> 0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one that was begun, once it answers. */
  static Prometheus of(Shop shop) {
    var address =
        Awaitility.await("Prometheus")
            .atMost(PATIENCE)
            .until(
                () ->
                    PORT.matcher(shop.kubectl("logs", "deployment/prometheus").stdout())
                        .results()
                        .map(it -> URI.create("http://127.0.0.1:" + it.group(1)))
                        .findFirst(),
                it -> it.isPresent());
    return new Prometheus(address.orElseThrow());
  }

  private JsonNode ask(String path) {
    var request = HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE).build();
    try {
      var answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
      return new ObjectMapper().readTree(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<JsonNode> each(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).toList();
  }

  /** The whole answer to an expression. */
  JsonNode evaluated(String expression) {
    return ask("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
  }

  /** The series that an expression has now. */
  List<JsonNode> series(String expression) {
    return each(evaluated(expression).at("/data/result"));
  }

  /** Every name that it knows. */
  List<String> names() {
    return each(ask("/api/v1/label/__name__/values").path("data")).stream()
        .map(JsonNode::asText)
        .toList();
  }

  /** What fires. */
  List<JsonNode> firing() {
    return each(ask("/api/v1/alerts").at("/data/alerts")).stream()
        .filter(alert -> alert.path("state").asText().equals("firing"))
        .toList();
  }

  /** All rules, with how their last evaluation was. */
  List<JsonNode> rules() {
    return each(ask("/api/v1/rules").at("/data/groups")).stream()
        .flatMap(group -> each(group.path("rules")).stream())
        .toList();
  }
}
