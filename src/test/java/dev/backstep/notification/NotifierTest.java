package dev.backstep.notification;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Told;
import dev.backstep.api.v1alpha1.value.Notification;
import dev.backstep.api.v1alpha1.value.Notification.Event;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Author;
import dev.backstep.http.HttpStack;
import dev.backstep.http.Web;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.StandingClock;
import dev.backstep.testing.TaskTaker;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Letters to a server on loopback. */
class NotifierTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Author RUNNER = new Author("shop", "runner");

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final StandingClock clock = new StandingClock(NOW);
  private final HttpStack http = new HttpStack(vertx, api.client(), clock, "127.0.0.1");
  private final Web web = new Web();
  private Notifier notifier = process();

  @BeforeEach
  void hasAService() {
    api.has(Web.service("pager", "127.0.0.1"));
  }

  @AfterEach
  void stop() {
    web.close();
    http.close();
    api.close();
    vertx.close();
  }

  /** One that does at once what others do in the background. */
  private Notifier process() {
    return new Notifier(
        new Deliveries(http.caller(), new Secrets(new Impersonation(api.client()), clock)),
        clock,
        new TaskTaker(Runnable::run));
  }

  private Notification pager(String more) {
    return PlanYaml.read(
        "{name: pager, service: {name: pager, port: %d, scheme: http}, path: /alerts, format: Generic, timeout: 2s%s}"
            .formatted(web.port(), more),
        Notification.class);
  }

  private static Notification byAddress(String format) {
    return PlanYaml.read(
        "{name: chat, urlFrom: {secretKeyRef: {name: token, key: value}}, path: /, format: %s, timeout: 2s}"
            .formatted(format),
        Notification.class);
  }

  private static Notice notice(long seq, Event event) {
    return new Notice(
        event,
        "INC-1",
        "bs-1",
        seq,
        NOW,
        "Acting",
        "code",
        "LevelEntered",
        "It costs <2 min & no data");
  }

  private static News news(Notification to, List<Told> told, Notice... notices) {
    var plan = new RollbackPlan();
    plan.setMetadata(
        new ObjectMetaBuilder().withNamespace("shop").withName("checkout").withUid("u1").build());
    return new News(plan, RUNNER, List.of(to), List.of(notices), Optional.empty(), told, true);
  }

  private void tell(News news) {
    notifier.tell(news, () -> {});
  }

  private List<JsonNode> letters() {
    return web.bodies().stream().map(NotifierTest::json).toList();
  }

  private static JsonNode json(String body) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> events() {
    return letters().stream().map(it -> it.path("event").asText()).toList();
  }

  @Test
  void everythingIsToldOnceInOrder() {
    // given
    var to = pager("");
    var first = news(to, List.of(), notice(1, Event.Started), notice(3, Event.LevelReached));
    var written = notifier.told(first);

    // when
    tell(news(to, written, notice(1, Event.Started), notice(3, Event.LevelReached)));
    tell(news(to, written, notice(1, Event.Started), notice(3, Event.LevelReached)));

    // then
    assertThat(written).containsExactly(Told.nothing("pager"));
    assertThat(web.requests()).containsExactly("POST /alerts", "POST /alerts");
    assertThat(web.headers("Idempotency-Key")).containsExactly("u1/bs-1/1", "u1/bs-1/3");
    assertThat(events()).containsExactly("Started", "LevelReached");
    assertThat(letters().get(1).toString())
        .isEqualTo(
            """
            {"id":"u1/bs-1/3","event":"LevelReached","kind":"RollbackPlan","namespace":"shop",\
            "name":"checkout","run":"INC-1","at":"2026-11-21T12:00:00Z","phase":"Acting",\
            "stage":"code","reason":"LevelEntered","text":"RollbackPlan shop/checkout, run INC-1, \
            reached level code. It costs <2 min & no data."}\
            """);
    assertThat(
            notifier.told(
                news(to, written, notice(1, Event.Started), notice(3, Event.LevelReached))))
        .containsExactly(new Told("pager", "bs-1", 3L));
  }

  private static Notice of(String claim, long seq, Event event) {
    return new Notice(event, null, claim, seq, NOW, "Enabled", null, "Because", "It is so");
  }

  /** One begins before the other, and ends after it: neither is told again, and none is missed. */
  @Test
  void whatIsToldBesideEachOtherIsCountedByItself() {
    // given
    var to = pager("");
    var full = of("QueueHealthy", 10, Event.QueueUnhealthy);
    var stale = of("SyncFresh", 20, Event.SyncStale);
    var told = List.of(Told.nothing("pager", "QueueHealthy"), Told.nothing("pager", "SyncFresh"));

    // when
    tell(news(to, told, full).inSeries("QueueHealthy"));
    tell(news(to, told, stale).inSeries("SyncFresh"));
    var overflow = of("QueueHealthy", 11, Event.QueueUnhealthy);
    tell(news(to, told, overflow).inSeries("QueueHealthy"));
    tell(news(to, told, overflow).inSeries("QueueHealthy"));
    tell(news(to, told).inSeries("SyncFresh"));

    // then
    assertThat(web.headers("Idempotency-Key"))
        .containsExactly("u1/QueueHealthy/10", "u1/SyncFresh/20", "u1/QueueHealthy/11");
    assertThat(letters().get(1).path("text").asText())
        .isEqualTo("RollbackPlan shop/checkout has not synced as it should. It is so.");
    assertThat(notifier.told(news(to, told, stale).inSeries("SyncFresh")))
        .containsExactly(new Told("pager", "SyncFresh", 20L));
    assertThat(notifier.told(news(to, List.of(), full).inSeries("QueueHealthy")))
        .as("not known to the status yet")
        .containsExactly(Told.nothing("pager", "QueueHealthy"));
  }

  /** What is not in the status yet might be told again by the next process. */
  @Test
  void nobodyIsToldBeforeTheStatusKnowsTheNotification() {
    tell(news(pager(""), List.of(), notice(1, Event.Started)));

    assertThat(web.requests()).isEmpty();
  }

  @Test
  void whatIsNotTakenIsSaidAndSentAgainAfterAPause() {
    // given
    var news = news(pager(""), List.of(Told.nothing("pager")), notice(1, Event.Started));
    web.answers(503, "");
    tell(news);

    // when
    tell(news);
    var said = notifier.failing(news);
    var again = notifier.again(news);
    web.answers(204, "");
    clock.pass(Duration.ofSeconds(5));
    tell(news);

    // then
    assertThat(said)
        .hasValue(
            "Not told to pager: pager:%d/alerts answered 503. It is sent again, at the latest every 5 min. Correct spec.notifications, or see to it that this is taken."
                .formatted(web.port()));
    assertThat(again).hasValue(NOW.plusSeconds(5));
    assertThat(events()).containsExactly("Started", "Started");
    assertThat(notifier.failing(news)).isEmpty();
    assertThat(notifier.told(news)).containsExactly(new Told("pager", "bs-1", 1L));
  }

  /** The later ones wait, so that nobody reads of the end before the beginning. */
  @Test
  void theOrderIsKeptWhereOneIsNotTaken() {
    var news =
        news(
            pager(""),
            List.of(Told.nothing("pager")),
            notice(1, Event.Started),
            notice(9, Event.Ended));
    web.answers(500, "");
    tell(news);
    web.answers(200, "");
    clock.pass(Duration.ofSeconds(5));
    tell(news);

    assertThat(events()).containsExactly("Started", "Started", "Ended");
  }

  @Test
  void anotherProcessGoesOnWhereTheStatusStands() {
    notifier = process();

    tell(
        news(
            pager(""),
            List.of(new Told("pager", "bs-1", 1L)),
            notice(1, Event.Started),
            notice(9, Event.Ended)));

    assertThat(events()).containsExactly("Ended");
  }

  /** It led, another one led meanwhile and told more, and now it leads again. */
  @Test
  void whatAnotherProcessToldMeanwhileIsNotToldAgain() {
    var to = pager("");
    tell(news(to, List.of(Told.nothing("pager")), notice(1, Event.Started)));

    tell(
        news(
            to,
            List.of(new Told("pager", "bs-1", 9L)),
            notice(1, Event.Started),
            notice(9, Event.Ended)));

    assertThat(events()).containsExactly("Started");
  }

  @Test
  void whatIsNotWantedIsPassedOver() {
    var news =
        news(
            pager(", events: [Ended]"),
            List.of(Told.nothing("pager")),
            notice(1, Event.Started),
            notice(9, Event.Ended));
    tell(news);

    assertThat(events()).containsExactly("Ended");
    assertThat(notifier.told(news)).containsExactly(new Told("pager", "bs-1", 9L));
  }

  @Test
  void oldNewsIsNoneForANotificationThatIsAdded() {
    var open = news(pager(""), List.of(), notice(1, Event.Started), notice(9, Event.Ended));
    var ended =
        new News(
            open.about(), RUNNER, open.to(), open.notices(), Optional.empty(), List.of(), false);

    assertThat(notifier.told(ended)).containsExactly(new Told("pager", "bs-1", 9L));
    assertThat(notifier.told(open)).containsExactly(Told.nothing("pager"));
  }

  @Test
  void slackGetsOneTextWithoutWhatItTakesForItsOwn() {
    // given
    api.has(Web.secret("http://127.0.0.1:%d/services/T0/B0/canary".formatted(web.port())));

    // when
    tell(news(byAddress("Slack"), List.of(Told.nothing("chat")), notice(3, Event.LevelReached)));

    // then
    assertThat(web.requests()).containsExactly("POST /services/T0/B0/canary");
    assertThat(web.bodies())
        .containsExactly(
            "{\"text\":\"RollbackPlan shop/checkout, run INC-1, reached level code. It costs &lt;2 min &amp; no data.\"}");
  }

  @Test
  void anAddressFromASecretIsNeverSaid() {
    for (var address :
        List.of(
            "http://127.0.0.1:%d/canary".formatted(web.port()),
            "http://127.0.0.1:1/canary",
            "http://elsewhere.test/canary",
            "no address canary",
            "ftp://127.0.0.1/canary")) {
      // given
      notifier = process();
      api.has(Web.secret(address));
      var to = byAddress("Generic");
      var news = news(to, List.of(Told.nothing("chat")), notice(1, Event.Started));
      web.answers(403, "");

      // when
      tell(news);
      var found =
          notifier.problems(List.of(to), RUNNER).toCompletableFuture().join().stream()
              .map(Problem::message);

      // then
      var said = Stream.concat(notifier.failing(news).stream(), found).toList();
      assertThat(notifier.failing(news)).as(address).isPresent();
      assertThat(said).allSatisfy(it -> assertThat(it).doesNotContain("canary"));
    }
  }

  @Test
  void whatWouldReachNobodyIsFoundBefore() {
    var to = byAddress("Slack");

    var found = notifier.problems(List.of(to), RUNNER).toCompletableFuture().join();

    assertThat(found)
        .extracting(Problem::message)
        .containsExactly(
            "Notification chat would reach nobody: Secret token with key value does not exist.");
  }
}
