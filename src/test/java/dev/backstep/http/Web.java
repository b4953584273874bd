package dev.backstep.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A web server on loopback that remembers what it was asked. */
public final class Web implements AutoCloseable {
  private final HttpServer server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Answering> answers = new ConcurrentHashMap<>();
  private volatile Answering answering = new Answering(200, "", Map.of(), false);

  /** A request that came, as {@code POST /x}. */
  record Request(String line, Map<String, List<String>> headers, String body) {}

  private record Answering(
      int status, String body, Map<String, String> headers, boolean breaksOff) {}

  public Web() {
    this("127.0.0.1", 0);
  }

  /** On another address of loopback. */
  Web(String address, int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(address, port), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    requests.add(new Request(line, Map.copyOf(exchange.getRequestHeaders()), body));
    var now = answers.getOrDefault(line, answering);
    if (now.breaksOff()) {
      exchange.close();
      return;
    }
    now.headers().forEach(exchange.getResponseHeaders()::set);
    var bytes = now.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(now.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public void answers(int status, String body) {
    answering = new Answering(status, body, Map.of(), false);
  }

  /** To this request, such as {@code GET /state}, it answers otherwise. */
  void answers(String line, int status, String body) {
    answers.put(line, new Answering(status, body, Map.of(), false));
  }

  void redirectsTo(String location) {
    answering = new Answering(302, "", Map.of("Location", location), false);
  }

  /** It reads a request, and closes the connection without an answer. */
  void breaksOff() {
    answering = new Answering(0, "", Map.of(), true);
  }

  public List<String> requests() {
    return requests.stream().map(Request::line).toList();
  }

  public List<String> bodies() {
    return requests.stream().map(Request::body).toList();
  }

  /** What each request had in this header. */
  public List<String> headers(String name) {
    return requests.stream()
        .flatMap(it -> it.headers().entrySet().stream())
        .filter(it -> it.getKey().equalsIgnoreCase(name))
        .flatMap(it -> it.getValue().stream())
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  public static Service service(String name, String ip) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withClusterIP(ip)
        .endSpec()
        .build();
  }

  /** The Secret token, whose key value says this. */
  public static Secret secret(String value) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("token")
        .endMetadata()
        .addToData("value", Base64.getEncoder().encodeToString(value.getBytes()))
        .build();
  }
}
