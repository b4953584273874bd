package dev.backstep.gate.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.LongNode;
import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.cluster.Slices;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.http.HttpStack;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.JksOptions;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gates on a Service whose address is a server on loopback. */
class HttpProbeTest {
  private static final String OK = "status == 200 && body.ok == true";
  private static final String CANARY = "canary-7f3a91";

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final HttpStack http = new HttpStack(vertx, api.client(), "nowhere.invalid");
  private final HttpProbe probe = new HttpProbe(http.readings());

  @AfterEach
  void stop() {
    http.close();
    api.close();
    vertx.close();
  }

  private static <T> T now(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** The port of a web server that answers so. */
  private int serving(Handler<HttpServerRequest> handler) throws Exception {
    var server = vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1");
    return now(server).actualPort();
  }

  private int answering(int status, String body) throws Exception {
    return serving(request -> request.response().setStatusCode(status).end(body));
  }

  /** The port of a server that does so with every connection. */
  private int speaking(Handler<NetSocket> handler) throws Exception {
    return now(vertx.createNetServer().connectHandler(handler).listen(0, "127.0.0.1")).actualPort();
  }

  private static Service service(String ip) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web")
        .endMetadata()
        .withNewSpec()
        .withClusterIP(ip)
        .endSpec()
        .build();
  }

  private static Secret secret() {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("token")
        .endMetadata()
        .addToData("value", Base64.getEncoder().encodeToString((CANARY + "\n").getBytes()))
        .build();
  }

  private static HttpGate gate(String where, String condition, String more) {
    return gate(where, condition, more, "20s");
  }

  private static HttpGate gate(String where, String condition, String more, String timeout) {
    return PlanYaml.spec(
            """
            gates:
            - name: api
              http:
                %s
                path: /health
                method: GET
                timeout: %s
                successCondition: %s
                %s
            """
                .formatted(where, timeout, condition, more))
        .gates()
        .get(0)
        .http();
  }

  private static HttpGate gate(int port, String condition) {
    return gate("service: {name: web, port: %d, scheme: http}".formatted(port), condition, "");
  }

  private static HttpGate impatient(int port) {
    var service = "service: {name: web, port: %d, scheme: http}".formatted(port);
    return gate(service, OK, "", "1s");
  }

  private CompletableFuture<Reading> measuring(HttpGate gate) {
    var scope = GateScope.of(new Author("shop", "runner"), Workloads.of());
    return probe.measure(gate, scope).toCompletableFuture();
  }

  private Reading measured(HttpGate gate) throws Exception {
    return measuring(gate).get(30, TimeUnit.SECONDS);
  }

  @Test
  void anAnswerThatMeetsTheConditionIsGreen() throws Exception {
    api.has(service("127.0.0.1"));
    var port = answering(200, "{\"ok\": true}");

    assertThat(measured(gate(port, OK)))
        .isEqualTo(Reading.green("GET web:%d/health answered 200".formatted(port)));
  }

  @Test
  void anAnswerThatDoesNotIsRedAndSaysWhatItLookedAt() throws Exception {
    api.has(service("127.0.0.1"));
    var port = answering(200, "{\"ok\": false, \"version\": \"v2\", \"other\": 1}");

    assertThat(measured(gate(port, OK + " && body.version == \"v3\"")))
        .isEqualTo(
            Reading.red(
                "GET web:%d/health answered 200, wanted %s (body.ok was false)"
                    .formatted(port, OK + " && body.version == \"v3\"")));
  }

  private Reading valued(int port, String formula) throws Exception {
    var scope = GateScope.of(new Author("shop", "runner"), Workloads.of());
    return probe
        .value(gate(port, "status == 200"), formula, scope)
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  @Test
  void anAnswerIsAskedForAValueThatMayBeAnything() throws Exception {
    api.has(service("127.0.0.1"));
    var port = answering(200, "{\"queue\": {\"size\": 12, \"last\": null, \"by\": \"alice\"}}");

    assertThat(valued(port, "body.queue.size"))
        .isEqualTo(
            Reading.green("GET web:%d/health answered 200".formatted(port))
                .withValue(LongNode.valueOf(12)));
    assertThat(valued(port, "value.queue.size > 5 ? status : 0").value().longValue())
        .isEqualTo(200);
    assertThat(valued(port, "body.queue.last").color()).isEqualTo(Color.GREEN);
    assertThat(valued(port, "body.queue.last").value().isNull()).isTrue();
    assertThat(valued(port, "body.queue.by").value().textValue()).isEqualTo("alice");
  }

  @Test
  void anAnswerWithoutTheValueIsAnErrorThatSaysWhatIsMissing() throws Exception {
    api.has(service("127.0.0.1"));
    var port = answering(200, "{\"queue\": {\"size\": 12}}");

    assertThat(valued(port, "body.queue.failed"))
        .satisfies(
            it -> {
              assertThat(it.color()).isEqualTo(Color.ERROR);
              assertThat(it.message()).contains("value (body.queue.failed) failed: ");
            });
    assertThat(valued(port, "value").message())
        .endsWith("it comes to a row with 1 columns, and a number, a text or null was wanted");
    assertThat(valued(port, "sise(").message()).contains("value (sise() failed: at 1:");
  }

  @Test
  void whoDoesNotAnswerAsWantedSaysNothingOfTheValue() throws Exception {
    api.has(service("127.0.0.1"));
    var port = answering(500, "{\"size\": 12}");

    assertThat(valued(port, "body.size"))
        .isEqualTo(
            Reading.error("GET web:%d/health answered 500, wanted status == 200".formatted(port)));
  }

  @Test
  void anErrorOfTheApplicationIsRed() throws Exception {
    api.has(service("127.0.0.1"));

    assertThat(measured(gate(answering(500, "{}"), OK)).message())
        .endsWith("answered 500, wanted " + OK);
  }

  @Test
  void whatIsMissingInTheAnswerIsAnError() throws Exception {
    api.has(service("127.0.0.1"));

    var reading = measured(gate(answering(200, "{}"), OK));

    assertThat(reading.color()).isEqualTo(Color.ERROR);
    assertThat(reading.message())
        .endsWith("answered 200, and the condition failed: key 'ok' is not present in map.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>maintenance</html>", "{\"ok\": tr", "{\"ok\": true} tail"})
  void aBodyThatIsNoJsonHasNoMembers(String body) throws Exception {
    api.has(service("127.0.0.1"));
    var port = answering(200, body);

    assertThat(measured(gate(port, OK)).color()).isEqualTo(Color.ERROR);
    assertThat(measured(gate(port, "status == 200")).color()).isEqualTo(Color.GREEN);
  }

  @Test
  void aConditionThatTakesTooLongIsAnErrorThatSaysSo() throws Exception {
    api.has(service("127.0.0.1"));
    var list = "[" + "1,".repeat(20_000) + "1]";

    var reading = measured(gate(answering(200, list), "body.all(x, body.all(y, x == y))"));

    assertThat(reading.color()).isEqualTo(Color.ERROR);
    assertThat(reading.message()).contains("the condition takes too long; let it");
  }

  @Test
  void noConditionIsEvaluatedOnAThreadThatCarriesRequests() throws Exception {
    api.has(service("127.0.0.1"));
    var asked = new CountDownLatch(1);
    var pending = new CompletableFuture<HttpServerRequest>();
    var port =
        serving(
            request -> {
              pending.complete(request);
              asked.countDown();
            });

    var carrying = measuring(gate(port, OK)).thenApply(it -> Context.isOnEventLoopThread());
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    pending.get().response().end("{\"ok\": true}");

    assertThat(carrying.get(30, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void anAnswerThatTricklesIsEndedAtItsLimitAndItsConnectionClosed() throws Exception {
    api.has(service("127.0.0.1"));
    var closed = new CompletableFuture<Void>();
    var port =
        speaking(
            socket -> {
              socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
              var timer = vertx.setPeriodic(50, id -> socket.write("x"));
              socket.closeHandler(
                  end -> {
                    vertx.cancelTimer(timer);
                    closed.complete(null);
                  });
            });

    assertThat(measured(impatient(port)))
        .isEqualTo(Reading.red("web:%d/health gave no complete answer within 1s".formatted(port)));
    assertThat(closed).succeedsWithin(30, TimeUnit.SECONDS);
  }

  @Test
  void anEndpointThatSaysNothingIsRed() throws Exception {
    api.has(service("127.0.0.1"));
    var port = speaking(socket -> {});

    assertThat(measured(impatient(port)).message()).endsWith("gave no complete answer within 1s");
  }

  @Test
  void aConnectionThatIsRefusedOrResetIsRed() throws Exception {
    api.has(service("127.0.0.1"));
    var server = now(vertx.createNetServer().connectHandler(it -> {}).listen(0, "127.0.0.1"));
    var free = server.actualPort();
    now(server.close());

    var refused = measured(gate(free, OK));
    var reset = measured(gate(speaking(NetSocket::close), OK));

    assertThat(List.of(refused, reset))
        .allSatisfy(reading -> assertThat(reading.color()).isEqualTo(Color.RED))
        .allSatisfy(reading -> assertThat(reading.message()).contains(" gave no answer: "));
  }

  @Test
  void anAnswerThatIsTooLargeIsAnErrorAndNotReadToItsEnd() throws Exception {
    api.has(service("127.0.0.1"));
    var closed = new CompletableFuture<Void>();
    var port =
        serving(
            request -> {
              request.connection().closeHandler(end -> closed.complete(null));
              var response = request.response().setChunked(true);
              for (var i = 0; i < 40; i++) {
                response.write(Buffer.buffer(new byte[1 << 16]));
              }
            });

    var reading = measured(gate(port, OK));

    assertThat(reading)
        .isEqualTo(Reading.error("web:%d/health answered with more than 1 MiB".formatted(port)));
    assertThat(closed).succeedsWithin(30, TimeUnit.SECONDS);
  }

  @Test
  void aHostThatIsNotKnownIsAnError() throws Exception {
    assertThat(measured(gate("url: http://nowhere.invalid/health", OK, "")))
        .isEqualTo(Reading.error("http://nowhere.invalid/health: the host is not known"));
  }

  @Test
  void aHostThatIsNotAllowedIsAnErrorAndTheyAreNamedBeforehand() throws Exception {
    var gate = gate("url: http://other.example/health", OK, "");

    assertThat(measured(gate).color()).isEqualTo(Color.ERROR);
    assertThat(probe.invalid(gate).orElseThrow()).contains("host other.example is not in");
  }

  @Test
  void aCertificateThatNobodyTrustsIsAnError(@TempDir Path folder) throws Exception {
    api.has(service("127.0.0.1"));
    var options = new HttpServerOptions().setSsl(true).setKeyCertOptions(selfSigned(folder));
    var server =
        vertx
            .createHttpServer(options)
            .requestHandler(request -> request.response().end("{\"ok\": true}"))
            .listen(0, "127.0.0.1");
    var port = now(server).actualPort();
    var gate = gate("service: {name: web, port: %d, scheme: https}".formatted(port), OK, "");

    var reading = measured(gate);

    assertThat(reading.message()).startsWith("web:%d/health: TLS failed: ".formatted(port));
    assertThat(reading.color()).isEqualTo(Color.ERROR);
  }

  /** A key of our own; the JDK has a tool to make it, and no API. */
  private static JksOptions selfSigned(Path folder) throws Exception {
    var file = folder.resolve("web.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var made =
        new ProcessBuilder(
                ("%s -genkeypair -alias web -keyalg EC -dname CN=web -storetype PKCS12"
                        + " -storepass changeit -keystore %s")
                    .formatted(keytool, file)
                    .split(" "))
            .start();
    assertThat(made.waitFor()).isZero();
    return new JksOptions().setPath(file.toString()).setPassword("changeit");
  }

  @Test
  void aServiceThatDoesNotExistIsAnErrorAndOneWithoutReplicasIsRed() throws Exception {
    assertThat(measured(gate(80, OK))).isEqualTo(Reading.error("Service web does not exist"));

    api.has(service("None"));

    assertThat(measured(gate(80, OK)))
        .isEqualTo(Reading.red("web:80/health gave no answer: Service web has no ready replica"));
  }

  @Test
  void aHeadlessServiceIsAskedAtOneOfItsReplicas() throws Exception {
    api.has(service("None"));
    var port = answering(200, "{\"ok\": true}");
    api.has(Slices.of("web", "web", port, "web-0:127.0.0.1"));

    assertThat(measured(gate(port, OK)).color()).isEqualTo(Color.GREEN);
  }

  private HttpGate withToken(int port) {
    return gate(
        "service: {name: web, port: %d, scheme: http}".formatted(port),
        "body.ok == 1",
        "headers: [{name: Authorization, valueFrom: {secretKeyRef: {name: token, key: value}}}]");
  }

  @Test
  void aSecretThatIsMissingOrMayNotBeReadIsAnErrorThatNamesIt() throws Exception {
    api.has(service("127.0.0.1"));
    var gate = withToken(answering(200, "{}"));

    assertThat(measured(gate).message()).isEqualTo("Secret token with key value does not exist");

    api.refuses("GET", secret(), 403, "forbidden");

    assertThat(measured(gate))
        .isEqualTo(Reading.error("ServiceAccount runner cannot read Secret token (HTTP 403)"));
  }

  @Test
  void whatASecretSaysIsSentAsThePlansServiceAccountReadItAndNeverSaid() throws Exception {
    api.has(service("127.0.0.1")).has(secret());
    var port =
        serving(
            request ->
                request
                    .response()
                    .end("{\"ok\": \"I got " + request.getHeader("Authorization") + "\"}"));

    var reading = measured(withToken(port));

    assertThat(reading.message()).contains("body.ok was \"I got [redacted]\"");
    assertThat(api.asked())
        .filteredOn(it -> it.path().endsWith("/secrets/token"))
        .extracting(LoopbackApi.Asked::user)
        .containsExactly("system:serviceaccount:shop:runner");
  }
}
