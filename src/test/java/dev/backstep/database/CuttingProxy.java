package dev.backstep.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A network that cuts a connection at its commit: before it gets there, or before its answer. */
final class CuttingProxy implements AutoCloseable {
  /** The whole statement, as the protocol has it; not the isolation level. */
  private static final String COMMIT = "COMMIT\0";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ServerSocket server;
  private final boolean arrives;

  /**
   * @param arrives true: the server gets the commit, and its answer is lost
   */
  CuttingProxy(int port, boolean arrives) throws IOException {
    this.arrives = arrives;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(() -> accept(port));
  }

  int port() {
    return server.getLocalPort();
  }

  /** What a Secret says to have it in between; without TLS, which it cannot look into. */
  Map<String, String> address() {
    return Map.of("port", String.valueOf(port()), "sslmode", "disable");
  }

  private void accept(int port) {
    try {
      while (true) {
        var link = new Link(server.accept(), new Socket(InetAddress.getLoopbackAddress(), port));
        threads.execute(link::there);
        threads.execute(link::back);
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private final class Link {
    private final Socket client;
    private final Socket database;
    private volatile boolean committing;

    Link(Socket client, Socket database) {
      this.client = client;
      this.database = database;
    }

    void there() {
      try (client;
          database) {
        var bytes = new byte[65536];
        for (var count = read(client, bytes); count >= 0; count = read(client, bytes)) {
          committing = new String(bytes, 0, count, StandardCharsets.ISO_8859_1).contains(COMMIT);
          if (committing && !arrives) {
            return;
          }
          database.getOutputStream().write(bytes, 0, count);
        }
      } catch (IOException e) {
        // The connection is cut, or over.
      }
    }

    void back() {
      try (client;
          database) {
        var bytes = new byte[65536];
        for (var count = read(database, bytes); count >= 0; count = read(database, bytes)) {
          if (committing) {
            return;
          }
          client.getOutputStream().write(bytes, 0, count);
        }
      } catch (IOException e) {
        // The connection is cut, or over.
      }
    }

    private static int read(Socket from, byte[] bytes) throws IOException {
      return from.getInputStream().read(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
