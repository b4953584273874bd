package dev.backstep.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.cluster.Slices;
import dev.backstep.effect.Author;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.StandingClock;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replicas are servers on loopback, each on an address of its own and all on one port. */
class EveryReplicaTest {
  private static final Author RUNNER = new Author("shop", "runner");

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final StandingClock clock = new StandingClock(Instant.EPOCH);
  private final HttpStack http = new HttpStack(vertx, api.client(), clock);
  private final Web first = new Web();
  private final Web second = new Web("127.0.0.2", first.port());
  private final Web third = new Web("127.0.0.3", first.port());

  @BeforeEach
  void service() {
    api.has(Web.service("web", "10.0.0.1"));
    behind("web-0:127.0.0.1", "web-1:127.0.0.2", "web-2:127.0.0.3");
    for (var web : List.of(first, second, third)) {
      web.answers(200, "{\"ok\": true}");
    }
  }

  @AfterEach
  void stop() {
    List.of(first, second, third).forEach(Web::close);
    http.close();
    api.close();
    vertx.close();
  }

  private void behind(String... replicas) {
    api.has(Slices.of("web", "web", first.port(), replicas));
  }

  private Reading measured() {
    var service = new Call.ServicePort("web", first.port(), Call.Scheme.http, Call.Replicas.Every);
    return http.readings().of(Calls.at(service), RUNNER).toCompletableFuture().join();
  }

  private String line() {
    return "GET web:%d/x".formatted(first.port());
  }

  @Test
  void isGreenWhenEachIsAndAsksEachOnce() {
    assertThat(measured())
        .isEqualTo(Reading.green(line() + ": all of 3 replicas answered as wanted"));
    assertThat(List.of(first, second, third)).allMatch(web -> web.requests().size() == 1);
    assertThat(first.headers("Host")).containsExactly("web:" + first.port());
  }

  @Test
  void isRedWhenOneIsAndNamesIt() {
    second.answers(500, "");

    assertThat(measured())
        .isEqualTo(
            Reading.red(
                "%s: 1 of 3 replicas: GET web-1:%d/x answered 500, wanted status >= 200 && status < 300"
                    .formatted(line(), first.port())));
  }

  @Test
  void whoDoesNotAnswerIsRedWhileItIsListedAsReady() {
    third.breaksOff();

    var reading = measured();

    assertThat(reading.color()).isEqualTo(Color.RED);
    assertThat(reading.message()).startsWith(line() + ": 1 of 3 replicas: web-2:");
  }

  @Test
  void whoWentAwayMeanwhileDoesNotCount() {
    // given
    measured();
    third.close();
    behind("web-0:127.0.0.1", "web-1:127.0.0.2", "!web-2:127.0.0.3");

    // then
    assertThat(measured())
        .isEqualTo(Reading.green(line() + ": all of 2 replicas answered as wanted"));
  }

  @Test
  void aNewOneIsAskedWithinAMinute() {
    // given
    behind("web-0:127.0.0.1");
    measured();
    behind("web-0:127.0.0.1", "web-1:127.0.0.2");

    // when
    clock.pass(Duration.ofMinutes(1));

    // then
    assertThat(measured().message()).endsWith("all of 2 replicas answered as wanted");
  }

  @Test
  void isRedWhereNobodyIsReady() {
    behind("!web-0:127.0.0.1");

    assertThat(measured()).isEqualTo(Reading.red(line() + ": no replica is ready"));
  }

  @Test
  void anErrorOfOneIsAnErrorUnlessOneIsRed() {
    first.answers("GET /x", 200, "{}");
    var service = new Call.ServicePort("web", first.port(), Call.Scheme.http, Call.Replicas.Every);
    var call = Calls.at(service, "body.ok");

    var error = http.readings().of(call, RUNNER).toCompletableFuture().join();
    second.answers(200, "{\"ok\": false}");
    var red = http.readings().of(call, RUNNER).toCompletableFuture().join();

    assertThat(error.color()).isEqualTo(Color.ERROR);
    assertThat(error.message()).contains(": 1 of 3 replicas: GET web-0:");
    assertThat(red.color()).isEqualTo(Color.RED);
    assertThat(red.message()).contains(": 1 of 3 replicas: GET web-1:");
  }

  @Test
  void threeAreNamedAndTheOthersCounted() {
    behind(IntStream.range(0, 5).mapToObj("web-%d:127.0.0.1"::formatted).toArray(String[]::new));
    first.answers(503, "");

    assertThat(measured().message())
        .contains(": 5 of 5 replicas: GET web-0:", "; GET web-2:")
        .endsWith("; and 2 more");
  }

  @Test
  void moreThanAHundredAreNotAsked() {
    behind(IntStream.range(0, 101).mapToObj("web-%d:127.0.0.1"::formatted).toArray(String[]::new));

    assertThat(measured())
        .isEqualTo(
            Reading.error(
                line() + ": 101 replicas are ready, more than 100 are not asked one by one"));
    assertThat(first.requests()).isEmpty();
  }

  @Test
  void aServiceThatDoesNotExistIsAnError() {
    api.lose(Web.service("web", "10.0.0.1"));

    assertThat(measured()).isEqualTo(Reading.error("Service web does not exist"));
  }

  /** At the pace of a gate that rests, with one replica that is ready and does not answer. */
  @Test
  void atRestTheApiServerIsAskedOnceAMinute() {
    // given
    measured();
    third.breaksOff();
    measured();
    var before = api.asked().size();

    // when
    for (var i = 0; i < 20; i++) {
      clock.pass(Duration.ofSeconds(30));
      measured();
    }

    // then
    assertThat(api.asked().size() - before).isLessThanOrEqualTo(11);
  }
}
