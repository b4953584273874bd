package dev.backstep.runbooks;

import dev.backstep.testing.Shop;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * A sample's application, seen from outside of Backstep: by requests, SQL, and a pod that has the
 * volume with the backups.
 */
final class Application {
  /** Looks at the volume with the backups, which its Job gave to those who make them. */
  static final String WITNESS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: witness}
      spec:
        selector: {matchLabels: {app: witness}}
        template:
          metadata: {labels: {app: witness}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: witness
              image: backstep.dev/debian:12
              command: [sleep, infinity]
              startupProbe:
                exec: {command: [bash, -c, "[[ $(stat -c %u /backups) == 65532 ]]"]}
                periodSeconds: 1
                failureThreshold: 120
              volumeMounts: [{name: backups, mountPath: /backups}]
            volumes: [{name: backups, persistentVolumeClaim: {claimName: backups}}]
      """;

  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Shop shop;

  Application(Shop shop) {
    this.shop = shop;
  }

  /** What the owner of the database sees there: the first value, or nothing. */
  String sql(String database, String statements) {
    try (var session = session(database);
        var statement = session.createStatement()) {
      if (!statement.execute(statements)) {
        return "";
      }
      var rows = statement.getResultSet();
      return rows.next() ? Objects.requireNonNullElse(rows.getString(1), "") : "";
    } catch (SQLException e) {
      throw new IllegalStateException(statements, e);
    }
  }

  /** A session of the owner, with its pod: its Service may lead nowhere just now. */
  Connection session(String database) throws SQLException {
    var pods =
        shop.client()
            .pods()
            .inNamespace(shop.namespace())
            .withLabel("app", database + "-db")
            .list()
            .getItems();
    var address = pods.get(0).getStatus().getPodIP();
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:5432/%s".formatted(address, database), database, "change-me");
  }

  /** What a user of the application gets, from the Service of that name. */
  HttpResponse<String> gets(String service, String path) {
    return asks("GET", service, path, "");
  }

  HttpResponse<String> posts(String service, String path, String body) {
    return asks("POST", service, path, body);
  }

  /** What somebody gets who knows the token of an admin. */
  HttpResponse<String> postsAsAdmin(String token, String service, String path, String body) {
    return asks("POST", service, path, body, "Authorization", "Bearer " + token);
  }

  /** What a user of the application gets now; empty: nobody answers. */
  Optional<HttpResponse<String>> answer(String service, String path) {
    try {
      return Optional.of(send(request("GET", service, path, "")));
    } catch (IOException nobody) {
      return Optional.empty();
    }
  }

  /**
   * What somebody gets who sends these headers, names and values in turn. A Service leads to new
   * pods a moment after their roll-out is over.
   */
  HttpResponse<String> asks(
      String method, String service, String path, String body, String... headers) {
    var request = request(method, service, path, body, headers);
    return Awaitility.await(request.uri().toString())
        .atMost(LIMIT)
        .ignoreException(ConnectException.class)
        .until(() -> send(request), it -> true);
  }

  /** Whoever is stopped in the midst of an answer never ends it. */
  private HttpRequest request(
      String method, String service, String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create("http://%s%s".formatted(address(service), path)))
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    return headers.length > 0 ? request.headers(headers).build() : request.build();
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Host and port of a Service. */
  private String address(String service) {
    var spec =
        shop.client()
            .services()
            .inNamespace(shop.namespace())
            .withName(service)
            .require()
            .getSpec();
    return spec.getClusterIP() + ":" + spec.getPorts().get(0).getPort();
  }

  /** The files on the volume with the backups. */
  String backups() {
    return shop.kubectl("exec", "deployment/witness", "--", "find", "/backups", "-type", "f")
        .orThrow()
        .stdout();
  }
}
