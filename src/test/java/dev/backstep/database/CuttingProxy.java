package dev.backstep.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A network that cuts a connection at a statement: before it gets there, or before its answer. */
public final class CuttingProxy implements AutoCloseable {
  /** The whole statement, as the protocol has it; not the isolation level. */
  private static final String COMMIT = "COMMIT\0";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ServerSocket server;
  private final boolean arrives;
  private final String statement;
  private final AtomicInteger left;
  private final AtomicBoolean cut = new AtomicBoolean();

  /**
   * Cuts at each commit.
   *
   * @param arrives true: the server gets the commit, and its answer is lost
   */
  CuttingProxy(int port, boolean arrives) throws IOException {
    this(port, arrives, COMMIT, 1);
  }

  /**
   * Cuts at a statement, and at each of its kind that comes later.
   *
   * @param arrives true: the server gets the statement, and its answer is lost
   * @param statement a part of its text
   * @param number which one of those, from 1
   */
  public CuttingProxy(int port, boolean arrives, String statement, int number) throws IOException {
    this.arrives = arrives;
    this.statement = statement;
    this.left = new AtomicInteger(number);
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(() -> accept(port));
  }

  int port() {
    return server.getLocalPort();
  }

  /** True when a connection was cut: the test is about what it says it is about. */
  public boolean hasCut() {
    return cut.get();
  }

  /** What a Secret says to have it in between; without TLS, which it cannot look into. */
  public Map<String, String> address() {
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

  private boolean isAt(String sent) {
    var at = sent.contains(statement) && left.decrementAndGet() <= 0;
    if (at) {
      cut.set(true);
    }
    return at;
  }

  private final class Link {
    private final Socket client;
    private final Socket database;
    private volatile boolean cutting;

    Link(Socket client, Socket database) {
      this.client = client;
      this.database = database;
    }

    void there() {
      try (client;
          database) {
        var bytes = new byte[65536];
        for (var count = read(client, bytes); count >= 0; count = read(client, bytes)) {
          cutting = isAt(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
          if (cutting && !arrives) {
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
          if (cutting) {
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
