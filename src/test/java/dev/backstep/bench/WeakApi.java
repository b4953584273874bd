package dev.backstep.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backstep.testing.Cluster;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between an operator and the API server, as the administrator, and can be as an API server
 * is that has too much to do: late, or not there.
 */
final class WeakApi implements AutoCloseable {
  private static final int UNAVAILABLE = 503;
  private static final long LATE_MILLIS = 5000;

  /** Of each connection, not of the request. */
  private static final Set<String> OWN =
      Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "expect");

  private static final String STATUS =
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":503,\"reason\":\"ServiceUnavailable\",\"message\":\"the"
          + " API server is not available\"}";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final HttpClient client;
  private final String behind;
  private volatile Mood mood = Mood.WELL;

  /** How requests are answered. */
  enum Mood {
    WELL,
    LATE,
    GONE
  }

  WeakApi() {
    var config = Cluster.get().client().getConfiguration();
    behind = config.getMasterUrl().replaceAll("/$", "");
    client = client(config);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private static HttpClient client(Config config) {
    try {
      return HttpClient.newBuilder().sslContext(SSLUtils.sslContext(config)).build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void be(Mood other) {
    mood = other;
  }

  /** What leads an operator here. */
  Path kubeconfig() {
    try {
      var file = Files.createTempFile(Path.of("target"), "weak-", ".kubeconfig");
      return Files.writeString(
          file,
          """
          apiVersion: v1
          kind: Config
          clusters: [{name: weak, cluster: {server: "http://127.0.0.1:%d"}}]
          contexts: [{name: weak, context: {cluster: weak, user: nobody}}]
          users: [{name: nobody, user: {}}]
          current-context: weak
          """
              .formatted(server.getAddress().getPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      if (mood == Mood.LATE) {
        Thread.sleep(LATE_MILLIS);
      }
      // What cannot be upgraded is streamed by the client, which is as good for watches.
      if (mood == Mood.GONE || exchange.getRequestHeaders().containsKey("Upgrade")) {
        say(exchange, UNAVAILABLE, STATUS.getBytes(StandardCharsets.UTF_8));
        return;
      }
      pass(exchange, client.send(request(exchange, body), BodyHandlers.ofInputStream()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(HttpExchange exchange, byte[] body) {
    var request = HttpRequest.newBuilder(URI.create(behind + exchange.getRequestURI()));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return request
        .method(
            exchange.getRequestMethod(),
            body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
        .build();
  }

  /** A watch's answer comes bit by bit, and ends when the API server is gone. */
  private void pass(HttpExchange exchange, HttpResponse<InputStream> answer) throws IOException {
    answer
        .headers()
        .firstValue("Content-Type")
        .ifPresent(type -> exchange.getResponseHeaders().add("Content-Type", type));
    exchange.sendResponseHeaders(answer.statusCode(), 0);
    var bytes = new byte[65536];
    try (var from = answer.body();
        var to = exchange.getResponseBody()) {
      for (var count = from.read(bytes); count >= 0 && mood != Mood.GONE; ) {
        to.write(bytes, 0, count);
        to.flush();
        count = from.read(bytes);
      }
    }
  }

  private static void say(HttpExchange exchange, int code, byte[] body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
