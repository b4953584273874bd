package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A clock here that is wrong by an hour, either way, is not believed. */
class ServerClockTest {

  private static final DateTimeFormatter HTTP =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  /** Far less than the hours that the clocks differ, and more than a busy machine takes. */
  private static final Duration A_WHILE = Duration.ofMinutes(1);

  private final Vertx vertx = Vertx.vertx();
  private final CountDownLatch asked = new CountDownLatch(1);
  private volatile CountDownLatch held = new CountDownLatch(0);
  private volatile Duration ahead = Duration.ZERO;
  private HttpServer server;
  private KubernetesClient client;

  @BeforeEach
  void start() throws Exception {
    server =
        vertx
            .createHttpServer()
            .requestHandler(this::answer)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:" + server.actualPort() + "/")
                    .build())
            .build();
  }

  /** Answers with the time; not before it may. */
  private void answer(HttpServerRequest request) {
    asked.countDown();
    vertx
        .<Void>executeBlocking(
            () -> {
              held.await();
              return null;
            })
        .onSuccess(
            it ->
                request
                    .response()
                    .putHeader("Date", HTTP.format(Instant.now().plus(ahead)))
                    .end("{}"));
  }

  @AfterEach
  void stop() {
    client.close();
    vertx.close();
  }

  private void tells(Duration difference) {
    ahead = difference;
    var clock = new ServerClock(client);
    clock.begin();
    try {
      isAhead(clock, difference);
    } finally {
      clock.stop();
    }
  }

  /** Where the first answer takes long, it is asked for again. */
  private static void isAhead(ServerClock clock, Duration difference) {
    Awaitility.await()
        .atMost(A_WHILE)
        .untilAsserted(
            () -> {
              var before = Instant.now().plus(difference);
              var told = clock.instant();
              var after = Instant.now().plus(difference);
              assertThat(told).isBetween(before.minus(A_WHILE), after.plus(A_WHILE));
            });
  }

  @Test
  void theApiServersTimeIsTheTime() {
    tells(Duration.ofHours(1));
    tells(Duration.ofHours(-1));
    tells(Duration.ZERO);
  }

  @Test
  void aJumpOfTheApiServersClockIsFollowed() {
    var clock = new ServerClock(client);
    clock.heard(Instant.now());
    for (var answer = 0; answer < 2; answer++) {
      clock.heard(Instant.now().plus(Duration.ofHours(1)));
    }
    ahead = Duration.ofHours(1);
    clock.begin();
    try {
      isAhead(clock, ahead);
    } finally {
      clock.stop();
    }
  }

  @Test
  void oneApiServerThatIsWrongIsNotFollowed() {
    var clock = new ServerClock(client);
    clock.begin();
    try {
      isAhead(clock, Duration.ZERO);
      clock.heard(Instant.now().plus(Duration.ofHours(1)));
      clock.heard(Instant.now());
      clock.heard(Instant.now().plus(Duration.ofHours(1)));
      clock.heard(Instant.now());
      isAhead(clock, Duration.ZERO);
    } finally {
      clock.stop();
    }
  }

  @Test
  void theApplicationStartsWhileTheFirstAnswerIsAwaited() throws Exception {
    held = new CountDownLatch(1);
    ahead = Duration.ofHours(1);
    var clock = new ServerClock(client);

    clock.begin();
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    held.countDown();

    try {
      isAhead(clock, ahead);
    } finally {
      clock.stop();
    }
  }
}
