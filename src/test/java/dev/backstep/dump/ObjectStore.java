package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** S3Proxy: a store that speaks the protocol of Amazon S3, on loopback, with a bucket. */
final class ObjectStore implements AutoCloseable {
  private static final Path FETCHED = Path.of("target", "s3proxy");

  private final Process process;
  private final int port;

  private ObjectStore(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static ObjectStore with(String bucket) throws IOException {
    var folder = Files.createTempDirectory("s3proxy");
    Files.createDirectories(folder.resolve("data").resolve(bucket));
    var port = freePort();
    var settings =
        """
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=operator
        s3proxy.credential=correct-horse
        jclouds.provider=filesystem-nio2
        jclouds.identity=unused
        jclouds.credential=unused
        jclouds.filesystem.basedir=%s
        """
            .formatted(port, folder.resolve("data"));
    Files.writeString(folder.resolve("settings"), settings);
    var store =
        new ObjectStore(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    jar().toString(),
                    "org.gaul.s3proxy.Main",
                    "--properties",
                    folder.resolve("settings").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start(),
            port);
    await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(store::listens);
    return store;
  }

  private static Path jar() throws IOException {
    try (var jars = Files.list(FETCHED)) {
      return jars.findFirst().orElseThrow();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private boolean listens() throws IOException {
    assertThat(process.isAlive()).isTrue();
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
      return true;
    }
  }

  String endpoint() {
    return "http://127.0.0.1:%d".formatted(port);
  }

  /** Its Secret, as the kubelet mounts it. */
  String keys(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("accessKeyId"), "operator\n");
    Files.writeString(folder.resolve("secretAccessKey"), "correct-horse\n");
    return folder.toString();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
