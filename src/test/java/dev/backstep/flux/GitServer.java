package dev.backstep.flux;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Git's own server of repositories, over HTTP on loopback: Flux takes none from a folder. */
final class GitServer implements AutoCloseable {
  private static final String HEAD_ENDS = "\r\n\r\n";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Path folder;
  private final HttpServer server;

  private GitServer(Path folder, HttpServer server) {
    this.folder = folder;
    this.server = server;
  }

  /** Serves the repository of a work tree. */
  static GitServer of(Path folder) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      var server = new GitServer(folder, HttpServer.create(address, 0));
      server.server.setExecutor(server.threads);
      server.server.createContext("/", server::answer);
      server.server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:%d/.git".formatted(server.getAddress().getPort());
  }

  /** As any web server runs a program by CGI. */
  private void answer(HttpExchange exchange) throws IOException {
    var request = exchange.getRequestURI();
    var headers = exchange.getRequestHeaders();
    var program = new ProcessBuilder("git", "http-backend").redirectError(Redirect.DISCARD);
    var environment = program.environment();
    environment.put("GIT_PROJECT_ROOT", folder.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("GIT_PROTOCOL", or(headers.getFirst("Git-Protocol")));
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    environment.put("PATH_INFO", request.getPath());
    environment.put("QUERY_STRING", or(request.getQuery()));
    environment.put("CONTENT_TYPE", or(headers.getFirst("Content-Type")));
    environment.put("HTTP_CONTENT_ENCODING", or(headers.getFirst("Content-Encoding")));
    var process = program.start();
    try (var input = process.getOutputStream()) {
      exchange.getRequestBody().transferTo(input);
    }
    // One byte is one character here, whatever the pack has in it.
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    send(exchange, said);
  }

  private static String or(String value) {
    return Optional.ofNullable(value).orElse("");
  }

  private static void send(HttpExchange exchange, String said) throws IOException {
    var end = said.indexOf(HEAD_ENDS);
    var status = HttpURLConnection.HTTP_OK;
    for (var line : said.substring(0, end).split("\r\n")) {
      var header = line.split(": ", 2);
      if (header[0].equals("Status")) {
        status = Integer.parseInt(header[1].split(" ")[0]);
      } else {
        exchange.getResponseHeaders().add(header[0], header[1]);
      }
    }
    var body = said.substring(end + HEAD_ENDS.length()).getBytes(StandardCharsets.ISO_8859_1);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (var output = exchange.getResponseBody()) {
      output.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
