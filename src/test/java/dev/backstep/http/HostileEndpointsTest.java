package dev.backstep.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.Call.Method;
import dev.backstep.effect.Author;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import dev.backstep.testing.LoopbackApi;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.StandardConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What endpoints may do to whoever asks them, over real sockets. */
class HostileEndpointsTest {
  private static final Author RUNNER = new Author("shop", "runner");
  private static final String OK = "status == 200 && body.ok == true";

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final HttpStack http = new HttpStack(vertx, api.client(), "localhost");
  private final HttpStack strict =
      new HttpStack(
          vertx,
          api.client(),
          Clock.systemUTC(),
          new HttpStack.Settings(List.of("localhost", "127.0.0.1", "169.254.169.254"), List.of()));

  @AfterEach
  void stop() {
    http.close();
    strict.close();
    api.close();
    vertx.close();
  }

  private static Reading measured(HttpStack stack, Call call) throws Exception {
    return stack.readings().of(call, RUNNER).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Reading measured(int port) throws Exception {
    api.has(Web.service("web", "127.0.0.1"));
    return measured(http, Calls.to(port, Method.GET, "/x", OK));
  }

  private int serving(Handler<HttpServerRequest> handler) throws Exception {
    var server = vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1");
    return server.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS).actualPort();
  }

  private int answering(String encoding, byte... body) throws Exception {
    return serving(
        request ->
            request.response().putHeader("Content-Encoding", encoding).end(Buffer.buffer(body)));
  }

  private static byte[] gzip(byte... content) {
    var packed = new ByteArrayOutputStream();
    try (var stream = new GZIPOutputStream(packed)) {
      stream.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  @Test
  void aPackedAnswerIsUnpacked() throws Exception {
    var ok = "{\"ok\": true}".getBytes(StandardCharsets.UTF_8);
    var deflated = new ByteArrayOutputStream();
    try (var stream = new DeflaterOutputStream(deflated)) {
      stream.write(ok);
    }

    assertThat(measured(answering("gzip", gzip(ok))).color()).isEqualTo(Color.GREEN);
    assertThat(measured(answering("deflate", deflated.toByteArray())).color())
        .isEqualTo(Color.GREEN);
    assertThat(measured(answering("identity", ok)).color()).isEqualTo(Color.GREEN);
  }

  /** 200 MB, which come as 200 KB. */
  @Test
  void anAnswerThatGrowsWhenItIsUnpackedIsAnErrorAndNotRead() throws Exception {
    var bomb = gzip(new byte[200_000_000]);

    var reading = measured(answering("gzip", bomb));

    assertThat(reading.color()).isEqualTo(Color.ERROR);
    assertThat(reading.message()).endsWith(" answered with more than 1 MiB");
    assertThat(bomb.length).isLessThan(1 << 20);
  }

  @Test
  void anAnswerThatCannotBeUnpackedIsAnError() throws Exception {
    var garbled = measured(answering("gzip", "{\"ok\": true}".getBytes(StandardCharsets.UTF_8)));
    var unknown = measured(answering("br", (byte) 1));

    assertThat(garbled.color()).isEqualTo(Color.ERROR);
    assertThat(garbled.message())
        .contains(": the answer is packed as gzip, and cannot be unpacked");
    assertThat(unknown.color()).isEqualTo(Color.ERROR);
    assertThat(unknown.message()).endsWith("the answer is packed as br, which nobody asked for");
  }

  @Test
  void headersWithoutEndAreNotRead() throws Exception {
    var closed = new CompletableFuture<Void>();
    var port =
        speaking(
            socket -> {
              socket.closeHandler(end -> closed.complete(null));
              socket.write("HTTP/1.1 200 OK\r\n");
              for (var i = 0; i < 10_000; i++) {
                socket.write("X-%d: %s\r\n".formatted(i, "x".repeat(100)));
              }
            });

    assertThat(measured(port).color()).isNotEqualTo(Color.GREEN);
    assertThat(closed).succeedsWithin(30, TimeUnit.SECONDS);
  }

  @Test
  void aRedirectToTheMetadataIsNotFollowed() throws Exception {
    var port =
        serving(
            request ->
                request
                    .response()
                    .setStatusCode(302)
                    .putHeader("Location", "http://169.254.169.254/latest/meta-data/")
                    .end());

    var reading = measured(port);

    assertThat(reading.color()).isEqualTo(Color.RED);
    assertThat(reading.message()).contains("answered 302");
  }

  @Test
  void aNameThatLeadsToThisMachineIsNotAskedUnlessThatIsAllowed() throws Exception {
    var asked = new CopyOnWriteArrayList<String>();
    var port =
        serving(
            request -> {
              asked.add(request.getHeader("Host"));
              request.response().end("{\"ok\": true}");
            });
    var call = Calls.url("http://localhost:%d/x?y=1".formatted(port));

    var refused = measured(strict, call);
    var allowed = measured(http, call);

    assertThat(refused.color()).isEqualTo(Color.ERROR);
    assertThat(refused.message())
        .contains("host localhost has address 127.0.0.1, which is a loopback address");
    assertThat(allowed.color()).isEqualTo(Color.GREEN);
    assertThat(asked).containsExactly("localhost:" + port);
  }

  @Test
  void anAddressOfTheMetadataIsNotAskedEvenWhereItsHostIsAllowed() throws Exception {
    var reading = measured(strict, Calls.url("http://169.254.169.254/latest/meta-data/"));

    assertThat(reading.color()).isEqualTo(Color.ERROR);
    assertThat(reading.message())
        .contains(": 169.254.169.254 is the address of a cloud's metadata, and is not asked.");
  }

  /** What was checked is what is connected to, whatever the name says a moment later. */
  @Test
  void aNameThatFlipsBetweenLookUpsIsLookedUpOnceForEachRequest() throws Exception {
    // given
    var answers = new ArrayDeque<>(List.of("127.0.0.1", "169.254.169.254", "127.0.0.1"));
    var rules = new AddressRules(new HttpStack.Settings(List.of(), List.of("127.0.0.0/8")));
    var flipping =
        new HostAddresses(vertx, rules) {
          @Override
          InetAddress[] addresses(String host) throws UnknownHostException {
            return InetAddress.getAllByName(answers.remove());
          }
        };
    var exchange = new HttpExchange(vertx, flipping, HttpExchange.SMALL);
    var port = serving(request -> request.response().end("here"));

    // then
    assertThat(asked(exchange, port).body()).asString(StandardCharsets.UTF_8).isEqualTo("here");
    assertThatThrownBy(() -> asked(exchange, port))
        .hasRootCauseInstanceOf(HostAddresses.RefusedAddressException.class);
    assertThat(answers).hasSize(1);
  }

  private static HttpExchange.Answered asked(HttpExchange exchange, int port) throws Exception {
    var options = new RequestOptions().setHost("shop.example").setPort(port).setURI("/");
    return exchange
        .send(options, null, Duration.ofSeconds(5), Departure.anytime())
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  @Test
  void aServiceThatLeadsToThisMachineIsNotAsked() throws Exception {
    api.has(Web.service("web", "127.0.0.1"));
    var port = serving(request -> request.response().end());

    assertThat(measured(strict, Calls.to(port, Method.GET)).message())
        .contains(": 127.0.0.1 is a loopback address, and is not asked.");
  }

  @Test
  void aUserInAnAddressIsRefusedAndAHostBehindAnAtSignIsTheHost() {
    assertThat(http.readings().invalid(Calls.url("http://me:secret@localhost/x")).orElseThrow())
        .contains("a user and a password do not belong into an address")
        .doesNotContain("secret@");
    assertThat(http.readings().invalid(Calls.url("http://localhost@evil.example/x")).orElseThrow())
        .contains("host evil.example is not in");
    assertThat(http.readings().invalid(Calls.url("http://localhost\\@evil.example/x"))).isPresent();
  }

  /** What a JVM would otherwise take from its surroundings. */
  @Test
  void nothingOfTheOperatorsIsSentAndNoProxyIsAsked() throws Exception {
    var headers = new CopyOnWriteArrayList<String>();
    var port =
        serving(
            request -> {
              headers.addAll(request.headers().names());
              request.response().end("{\"ok\": true}");
            });
    System.setProperty("http.proxyHost", "proxy.invalid");
    System.setProperty("http.proxyPort", "3128");
    try {
      assertThat(measured(http, Calls.url("http://localhost:%d/".formatted(port))).color())
          .isEqualTo(Color.GREEN);
    } finally {
      System.clearProperty("http.proxyHost");
      System.clearProperty("http.proxyPort");
    }
    assertThat(headers).isSubsetOf("host", "Host", "connection", "Connection");
  }

  /** The connection goes to the address; the name of the Service is what TLS is asked for. */
  @Test
  void tlsIsAskedForTheNameAndNotTheAddress() throws Exception {
    var asked = new CompletableFuture<String>();
    try (var server =
        (SSLServerSocket)
            SSLContext.getDefault()
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      var parameters = server.getSSLParameters();
      parameters.setSNIMatchers(List.of(new Remembering(asked)));
      server.setSSLParameters(parameters);
      var accepting = CompletableFuture.runAsync(() -> accept(server));
      api.has(Web.service("web", "127.0.0.1"));
      var service =
          new Call.ServicePort("web", server.getLocalPort(), Call.Scheme.https, Call.Replicas.Any);

      assertThat(measured(http, Calls.at(service)).color()).isNotEqualTo(Color.GREEN);

      assertThat(asked).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo("web");
      accepting.get(30, TimeUnit.SECONDS);
    }
  }

  /** The handshake fails: there is no certificate. */
  private static void accept(SSLServerSocket server) {
    try (var socket = server.accept()) {
      socket.getInputStream().read();
    } catch (IOException e) {
      assertThat(e).isInstanceOf(SSLException.class);
    }
  }

  private static final class Remembering extends SNIMatcher {
    private final CompletableFuture<String> name;

    Remembering(CompletableFuture<String> name) {
      super(StandardConstants.SNI_HOST_NAME);
      this.name = name;
    }

    @Override
    public boolean matches(SNIServerName server) {
      return name.complete(((SNIHostName) asHostName(server)).getAsciiName());
    }

    private static SNIServerName asHostName(SNIServerName server) {
      return server instanceof SNIHostName ? server : new SNIHostName(server.getEncoded());
    }
  }

  @Test
  void aNameServerThatHangsIsGivenUpInTime() throws Exception {
    var exchange =
        new HttpExchange(
            vertx,
            new HostAddresses(
                vertx, new AddressRules(new HttpStack.Settings(List.of(), List.of()))) {
              @Override
              Future<InetAddress> of(String host) {
                return Promise.<InetAddress>promise().future();
              }
            },
            HttpExchange.SMALL);
    var options = new RequestOptions().setHost("shop.example").setPort(80).setURI("/");
    var departure = Departure.anytime();

    var sent = exchange.send(options, null, Duration.ofMillis(200), departure);

    assertThat(sent.toCompletionStage().toCompletableFuture())
        .failsWithin(30, TimeUnit.SECONDS)
        .withThrowableThat()
        .withCauseInstanceOf(TimeoutException.class);
    assertThat(departure.left()).isFalse();
  }

  private int speaking(Handler<NetSocket> handler) throws Exception {
    var server = vertx.createNetServer().connectHandler(handler).listen(0, "127.0.0.1");
    return server.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS).actualPort();
  }

  @Test
  void whatIsNoHttpIsNoAnswer() throws Exception {
    var port = speaking(socket -> socket.write("220 mail.example ESMTP\r\n"));

    assertThat(measured(port).color()).isEqualTo(Color.RED);
  }
}
