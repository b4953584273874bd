package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A clock here that is wrong by an hour, either way, is not believed. */
class ServerClockTest {
  private static final DateTimeFormatter HTTP =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

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
      assertThat(clock.instant())
          .isCloseTo(Instant.now().plus(difference), within(3, ChronoUnit.SECONDS));
    } finally {
      clock.stop();
    }
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
      assertThat(clock.instant())
          .isCloseTo(Instant.now().plus(ahead), within(3, ChronoUnit.SECONDS));
    } finally {
      clock.stop();
    }
  }
}
