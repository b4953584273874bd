package dev.backstep.responder;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers every request with 503, for paths that are blocked: a small program of its own beside the
 * operator, in the same image. What it says is in the header that the route adds to the request, or
 * else the same for all.
 */
public final class Unavailable implements AutoCloseable {
  /** What the route wants to be said: JSON in one line. */
  static final String ANSWER = "Backstep-Answer";

  private static final String DEFAULT =
      "{\"status\":503,\"error\":\"Service Unavailable\",\"message\":\"Switched off for the moment.\"}";
  private static final int PORT = 8080;
  private static final int STATUS = 503;
  private static final int AT_ONCE = 16;
  private static final long NO_BODY = -1;

  private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
  private final HttpServer server;
  private final String answer;

  /**
   * Listens from now on.
   *
   * @param answer what is said where the request does not say it; null or blank: a few words
   */
  Unavailable(InetSocketAddress address, String answer) throws IOException {
    this.answer = answer == null || answer.isBlank() ? DEFAULT : answer;
    server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Runs until it is ended. */
  public static void main(String[] args) throws IOException {
    var server =
        new Unavailable(new InetSocketAddress(PORT), System.getenv("BACKSTEP_RESPONDER_BODY"));
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var wanted = exchange.getRequestHeaders().getFirst(ANSWER);
      var body = (wanted == null ? answer : wanted).getBytes(StandardCharsets.UTF_8);
      var headers = exchange.getResponseHeaders();
      headers.set("Content-Type", "application/json");
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      var withBody = !exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(STATUS, withBody ? body.length : NO_BODY);
      if (withBody) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
