package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
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
  private volatile Duration ahead = Duration.ZERO;
  private HttpServer server;
  private KubernetesClient client;

  @BeforeEach
  void start() throws Exception {
    server =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .response()
                        .putHeader("Date", HTTP.format(Instant.now().plus(ahead)))
                        .end("{}"))
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

  private static void isAhead(ServerClock clock, Duration difference) {
    var before = Instant.now().plus(difference);
    var told = clock.instant();
    var after = Instant.now().plus(difference);
    assertThat(told).isBetween(before.minus(A_WHILE), after.plus(A_WHILE));
  }

  @Test
  void theApiServersTimeIsTheTime() {
    tells(Duration.ofHours(1));
    tells(Duration.ofHours(-1));
    tells(Duration.ZERO);
  }

  @Test
  void aJumpOfTheApiServersClockIsFollowed() {
    ahead = Duration.ZERO;
    var clock = new ServerClock(client);
    clock.begin();
    ahead = Duration.ofHours(1);
    clock.begin();
    try {
      isAhead(clock, ahead);
    } finally {
      clock.stop();
    }
  }
}
