package dev.backstep.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.Call.Method;
import dev.backstep.cluster.Replica;
import dev.backstep.cluster.Slices;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.StandingClock;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that change something, sent to a Service whose address is a server on loopback. */
class HttpRequestsTest {
  private static final Author RUNNER = new Author("shop", "runner");
  private static final Mark MARK = new Mark("bs-run-1", "pause", Intent.Verb.Apply, 3, 0);
  private static final String CANARY = "canary-7f3a91";
  private static final String READ = "GET /state";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Hold HOLD =
      new Hold("INC-1", "bs-run-1", "pause", "http", null, "web", "on", "off", Instant.EPOCH);

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final StandingClock clock = new StandingClock(Instant.EPOCH);
  private final Instant notAfter = Instant.EPOCH.plusSeconds(60);
  private final HttpStack http = new HttpStack(vertx, api.client(), clock);
  private final HttpRequests requests = http.requests();
  private final Web web = new Web();

  @BeforeEach
  void cluster() {
    api.has(Web.service("web", "127.0.0.1")).has(Web.secret(CANARY));
    web.answers(204, "");
  }

  @AfterEach
  void stop() {
    web.close();
    http.close();
    api.close();
    vertx.close();
  }

  private FullCall pause() {
    return Calls.to(web.port(), Method.POST);
  }

  private FullCall resume() {
    return Calls.to(web.port(), Method.DELETE);
  }

  private FullCall state() {
    return Calls.to(web.port(), Method.GET, "/state", "body.paused == true");
  }

  private static HttpRequest request(FullCall call, boolean idempotent, FullCall verify) {
    return new HttpRequest(call, idempotent, verify, null, 1, null, null, null);
  }

  private HttpRequest once() {
    return request(pause(), false, null);
  }

  private HttpRequest again() {
    return request(pause(), true, null);
  }

  private HttpRequest undoable() {
    return new HttpRequest(pause(), false, null, resume(), 1, HOLD, null, null);
  }

  private Outcome send(HttpRequest effect) {
    return requests.send(effect, MARK, RUNNER, notAfter);
  }

  private Outcome close(HttpRequest effect, boolean wanted) {
    return requests.close(effect, MARK, wanted, RUNNER, notAfter);
  }

  /** Nothing that was sent in time can land any more. */
  private void landed() {
    clock.pass(Duration.between(clock.instant(), notAfter).plus(TIMEOUT).plusMillis(1));
  }

  private String where() {
    return "web:%d".formatted(web.port());
  }

  // ---- send

  @Test
  void anAnswerThatMeetsTheConditionIsApplied() {
    // when
    var outcome = send(once());

    // then
    assertThat(outcome).isEqualTo(Outcome.Applied.saying("answered 204"));
    assertThat(web.requests()).containsExactly("POST /x");
    assertThat(web.headers("Idempotency-Key")).isEmpty();
  }

  @Test
  void theKeyOfAnIdempotentRequestSaysItsAttemptAndNotItsNumber() {
    // when
    send(again());
    requests.send(
        again(), new Mark("bs-run-1", "pause", Intent.Verb.Apply, 4, 0), RUNNER, notAfter);

    // then
    assertThat(web.headers("Idempotency-Key"))
        .containsExactly("bs-run-1/pause/apply/1/0", "bs-run-1/pause/apply/1/0");
  }

  @Test
  void anAnswerThatDoesNotMeetTheConditionIsAFailure() {
    // given
    web.answers(409, "{\"why\": \"busy\"}");

    // when
    var outcome = (Outcome.Failed) send(once());

    // then
    assertThat(outcome.problem().message())
        .isEqualTo(
            "POST %s/x answered 409, wanted status >= 200 && status < 300.".formatted(where()));
  }

  @Test
  void whereNobodyListensNothingWasSent() {
    // given
    web.close();

    // when
    var outcome = (Outcome.NotSent) send(once());

    // then
    assertThat(outcome.problem().message()).startsWith(where() + "/x gave no answer: ");
  }

  @Test
  void withoutItsServiceNothingWasSent() {
    // given
    api.lose(Web.service("web", ""));

    // when
    var outcome = (Outcome.NotSent) send(once());

    // then
    assertThat(outcome.problem().message()).isEqualTo("Service web does not exist");
  }

  @Test
  void withoutItsSecretNothingWasSent() {
    // given
    var call = Calls.with(pause(), Calls.token());
    api.lose(Web.secret(""));

    // when
    var missing = (Outcome.NotSent) send(request(call, false, null));
    api.refuses("GET", Web.secret(""), 403, "forbidden");
    var forbidden = (Outcome.NotSent) send(request(call, false, null));

    // then
    assertThat(missing.problem().message()).isEqualTo("Secret token with key value does not exist");
    assertThat(forbidden.problem().message())
        .isEqualTo("ServiceAccount runner cannot read Secret token (HTTP 403)");
    assertThat(web.requests()).isEmpty();
  }

  @Test
  void anAddressThatIsNotAllowedIsNotSentTo() {
    // given
    var call = Calls.url("http://other.example/x");

    // when
    var outcome = (Outcome.NotSent) send(request(call, false, null));

    // then
    assertThat(outcome.problem().message()).contains("host other.example is not in");
  }

  @Test
  void whatIsTooLateIsNotSent() {
    // given
    clock.pass(Duration.ofSeconds(61));

    // when
    var outcome = (Outcome.NotSent) send(again());

    // then
    assertThat(outcome.problem().reason()).isEqualTo("TooLate");
    assertThat(web.requests()).isEmpty();
  }

  @Test
  void eachRequestReadsItsSecretAnew() {
    // given
    var call = Calls.with(pause(), Calls.token());
    send(request(call, false, null));
    api.has(Web.secret("rotated"));

    // when
    send(request(call, false, null));

    // then
    assertThat(web.headers("Authorization")).containsExactly(CANARY, "rotated");
  }

  @Test
  void aLostAnswerIsNotKnownAndSaysWhereToLook() {
    // given
    web.breaksOff();

    // when
    var outcome = (Outcome.Unknown) send(once());

    // then
    assertThat(outcome.message())
        .startsWith(where() + "/x gave no answer: ")
        .endsWith("POST %s/x may have been carried out: look at Service web.".formatted(where()));
    assertThat(outcome.landsUntil()).isEqualTo(clock.instant().plus(TIMEOUT));
    assertThat(web.requests()).hasSize(1);
  }

  @Test
  void aLostAnswerThatCanBeFoundOutLaterIsLeftOpen() {
    // given
    web.breaksOff();

    // then
    assertThatThrownBy(() -> send(again())).isInstanceOf(NotKnownException.class);
    assertThatThrownBy(() -> send(request(pause(), false, state())))
        .isInstanceOf(NotKnownException.class);
    assertThat(web.requests()).containsExactly("POST /x", "POST /x");
  }

  @Test
  void anAnswerThatCannotBeJudgedIsNotKnown() {
    // given
    web.answers(200, "{}");
    var call = Calls.to(web.port(), Method.POST, "/x", "body.ok == true");

    // when
    var outcome = (Outcome.Unknown) send(request(call, true, null));

    // then
    assertThat(outcome.message()).contains("answered 200, and the condition failed");
    assertThat(outcome.landsUntil()).isNull();
  }

  @Test
  void anAnswerThatCannotBeJudgedIsVerified() {
    // given
    web.answers(200, "{}");
    var call = Calls.to(web.port(), Method.POST, "/x", "body.ok == true");
    web.answers(READ, 200, "{\"paused\": true}");
    var done = send(request(call, false, state()));

    // when
    web.answers(READ, 200, "{\"paused\": false}");
    var not = send(request(call, false, state()));

    // then
    assertThat(done).isInstanceOf(Outcome.Applied.class);
    assertThat(not).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void whatARunTakesBackOfTwoRunsHasTwoKeys() {
    // given
    var earlier = new Mark("bs-run-0", "pause", Intent.Verb.Apply, 3, 0);
    var release = new Mark("bs-run-1", "pause", Intent.Verb.Release, 14, 0);

    // then
    assertThat(undoable().reversed(earlier, 1).key(release))
        .isEqualTo("bs-run-0/pause/release/1/0");
    assertThat(undoable().reversed(MARK, 1).key(release)).isEqualTo("bs-run-1/pause/release/1/0");
  }

  // ---- close

  @Test
  void whatIsIdempotentAndWantedIsSentAgainWithTheSameKey() {
    // given
    web.breaksOff();
    assertThatThrownBy(() -> send(again())).isInstanceOf(NotKnownException.class);
    web.answers(204, "");

    // when
    var outcome = close(again(), true);

    // then
    assertThat(outcome).isEqualTo(Outcome.Applied.saying("answered 204"));
    assertThat(web.headers("Idempotency-Key"))
        .containsExactly("bs-run-1/pause/apply/1/0", "bs-run-1/pause/apply/1/0");
  }

  @Test
  void whatCannotBeSentAgainNowIsLeftOpen() {
    // given
    web.close();

    // then
    assertThatThrownBy(() -> close(again(), true)).isInstanceOf(NotKnownException.class);
  }

  @Test
  void aRefusalOfTheSecondRequestSaysNothingAboutTheFirst() {
    // given
    web.answers(503, "");

    // when
    var outcome = (Outcome.Unknown) close(again(), true);

    // then
    assertThat(outcome.message()).contains("answered 503", "may have been carried out");
    assertThat(outcome.landsUntil()).isEqualTo(notAfter.plus(TIMEOUT));
  }

  @Test
  void aRefusalOfTheSecondRequestIsVerified() {
    // given
    web.answers(503, "");
    web.answers(READ, 200, "{\"paused\": true}");
    var done = close(request(pause(), true, state()), true);

    // when
    web.answers(READ, 200, "{\"paused\": false}");
    var not = close(request(pause(), true, state()), true);

    // then
    assertThat(done).isInstanceOf(Outcome.Applied.class);
    assertThat(not).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void whatIsNotWantedAnyMoreIsNotSentAgain() {
    // when
    var outcome = (Outcome.Unknown) close(again(), false);

    // then
    assertThat(outcome.landsUntil()).isEqualTo(notAfter.plus(TIMEOUT));
    assertThat(web.requests()).isEmpty();
  }

  @Test
  void whatIsNotIdempotentIsNotSentAgain() {
    // given
    landed();

    // when
    var outcome = (Outcome.Unknown) close(once(), true);

    // then
    assertThat(outcome.message())
        .isEqualTo(
            "It is not known whether it was sent. POST %s/x may have been carried out: look at Service web."
                .formatted(where()));
    assertThat(outcome.landsUntil()).isNull();
    assertThat(web.requests()).isEmpty();
  }

  @Test
  void whatVerifySaysIsDoneWasApplied() {
    // given
    web.answers(READ, 200, "{\"paused\": true}");

    // when
    var outcome = close(request(pause(), false, state()), true);

    // then
    assertThat(outcome)
        .isEqualTo(Outcome.Applied.saying("GET %s/state answered 200".formatted(where())));
    assertThat(web.requests()).containsExactly(READ);
  }

  @Test
  void whatVerifySaysIsNotDoneIsRefusedOnceItCannotLandAnyMore() {
    // given
    web.answers(READ, 200, "{\"paused\": false}");
    var effect = request(pause(), true, state());
    assertThatThrownBy(() -> close(effect, false)).isInstanceOf(NotKnownException.class);

    // when
    landed();

    // then
    assertThat(close(effect, false)).isEqualTo(new Outcome.Refused(null));
    assertThat(close(effect, true)).isEqualTo(new Outcome.Refused(null));
    assertThat(web.requests()).containsOnly(READ);
  }

  @Test
  void whereVerifyGetsNoAnswerItIsLeftOpen() {
    // given
    landed();
    var effect = request(pause(), false, state());

    // when
    web.breaksOff();
    assertThatThrownBy(() -> close(effect, true)).isInstanceOf(NotKnownException.class);
    web.close();

    // then
    assertThatThrownBy(() -> close(effect, true)).isInstanceOf(NotKnownException.class);
  }

  // ---- preview

  @Test
  void aPreviewSaysWhatWouldBeSentAndWhatVerifyReads() {
    // given
    web.answers(READ, 200, "{\"paused\": false}");
    var call = Calls.with(pause(), Calls.token());
    var effect = new HttpRequest(call, false, state(), resume(), 1, null, null, null);

    // when
    var lines = requests.preview(effect, RUNNER);

    // then
    assertThat(lines)
        .containsExactly(
            "POST %s/x, headers Authorization; taken back by DELETE %s/x"
                .formatted(where(), where()),
            "verify: not done yet (GET %s/state answered 200, wanted body.paused == true (body.paused was false))"
                .formatted(where()));
    assertThat(web.requests()).containsExactly(READ);
  }

  /** A url is read as well, and what nobody can take back is said. */
  @Test
  void aPreviewOfAnAddressReadsWhatItsVerifySays() {
    // given
    web.answers(READ, 200, "{\"paused\": true}");
    var url = "http://127.0.0.1:%d".formatted(web.port());
    var effect = request(Calls.url(url + "/x"), false, Calls.url(url + "/state"));

    // when
    var lines = allowing("127.0.0.1").preview(effect, RUNNER);

    // then
    assertThat(lines)
        .containsExactly(
            "GET %s/x; nothing takes it back".formatted(url),
            "verify: done already (GET %s/state answered 200)".formatted(url));
  }

  private HttpRequests allowing(String host) {
    return new HttpStack(vertx, api.client(), clock, host).requests();
  }

  @Test
  void aPreviewSaysWhenVerifyCannotBeAsked() {
    // given
    web.close();

    // when
    var lines = requests.preview(request(pause(), false, state()), RUNNER);

    // then
    assertThat(lines.get(1)).startsWith("verify: not known (" + where());
  }

  // ---- reverse

  private static Sent<HttpRequest> sent(HttpRequest effect) {
    return new Sent<>(effect, MARK, Outcome.Applied.saying("answered 204"));
  }

  private static Sent<?> back(HttpRequest effect, int number, Outcome outcome) {
    return new Sent<>(
        effect, new Mark("bs-run-1", "pause", Intent.Verb.Release, number, 0), outcome);
  }

  private Step reverse(List<Sent<HttpRequest>> sent, List<Sent<?>> back) {
    return requests.reverse(sent, back, RUNNER).toCompletableFuture().join();
  }

  @Test
  void whatHasNoUndoStays() {
    // when
    var step = reverse(List.of(sent(once())), List.of());

    // then
    assertThat(step)
        .isEqualTo(Step.done("POST %s/x stays done: the action has no undo.".formatted(where())));
  }

  @Test
  void undoGivesBackWhatTheRequestHeld() {
    // when
    var step = reverse(List.of(sent(undoable())), List.of());

    // then
    var undo = new HttpRequest(resume(), false, null, null, 1, null, HOLD, MARK.text());
    assertThat(step).isEqualTo(Step.todo(List.of(undo)));
  }

  @Test
  void whatIsTakenBackIsNotTakenBackTwice() {
    // given
    var undo = (HttpRequest) reverse(List.of(sent(undoable())), List.of()).effects().get(0);
    var applied = back(undo, 1, Outcome.Applied.saying("answered 204"));

    // when
    var step = reverse(List.of(sent(undoable())), List.of(applied));

    // then
    assertThat(step).isEqualTo(Step.done("taken back by DELETE %s/x.".formatted(where())));
  }

  @Test
  void anUndoOfWhichNothingIsKnownIsAskedAbout() {
    // given
    var undo = (HttpRequest) reverse(List.of(sent(undoable())), List.of()).effects().get(0);
    var unknown = back(undo, 1, new Outcome.Unknown("it may have been.", null));

    // when
    var step = reverse(List.of(sent(undoable())), List.of(unknown));

    // then
    assertThat(step).isEqualTo(Step.of(new Work.Unknown("it may have been.")));
  }

  @Test
  void anUndoThatFailedIsSentAgainWithAnotherKey() {
    // given
    var undo = (HttpRequest) reverse(List.of(sent(undoable())), List.of()).effects().get(0);
    var failed = back(undo, 1, new Outcome.Failed(null));

    // when
    var step = reverse(List.of(sent(undoable())), List.of(failed));

    // then
    assertThat(step.effects())
        .singleElement()
        .extracting(it -> ((HttpRequest) it).attempt())
        .isEqualTo(2);
  }

  @Test
  void severalRequestsAreTakenBackOneAfterTheOtherTheLastFirst() {
    // given
    var second = new Mark("bs-run-1", "pause", Intent.Verb.Apply, 4, 0);
    var both = List.of(sent(undoable()), new Sent<>(undoable(), second, new Outcome.Applied(null)));

    // when
    var first = (HttpRequest) reverse(both, List.of()).effects().get(0);
    var next = reverse(both, List.of(back(first, 1, new Outcome.Applied(null))));

    // then
    assertThat(first.reverses()).isEqualTo(second.text());
    assertThat(next.effects())
        .singleElement()
        .extracting(it -> ((HttpRequest) it).reverses())
        .isEqualTo(MARK.text());
  }

  // ---- secrets

  @Test
  void whatASecretSaysIsNeverSaid() {
    // given
    var call = Calls.with(Calls.to(web.port(), Method.POST, "/x", "body.ok == 1"), Calls.token());
    var effect = new HttpRequest(call, false, call, call, 1, null, null, null);
    web.answers(200, "{\"ok\": \"I got %s\"}".formatted(CANARY));

    // when
    var outcome = send(effect);

    // then
    assertThat(web.headers("Authorization")).contains(CANARY);
    assertThat(outcome.toString()).contains("I got [redacted]").doesNotContain(CANARY);
    assertThat(requests.preview(effect, RUNNER).toString())
        .contains("I got [redacted]")
        .doesNotContain(CANARY);
    assertThat(effect.toString() + effect.summary()).doesNotContain(CANARY);
    assertThatThrownBy(() -> close(effect, true)).hasMessageNotContaining(CANARY);
  }

  // ---- one replica

  private HttpRequest toReplica() {
    return undoable().at(new Replica("web-1", "uid-web-1", true, "", Map.of()));
  }

  @Test
  void aRequestToAReplicaGoesWhereThatIsNow() {
    // given
    api.has(Slices.of("web", "web", web.port(), "web-0:127.0.0.9", "!web-1:127.0.0.1"));

    // when
    var outcome = send(toReplica());

    // then
    assertThat(outcome).isEqualTo(Outcome.Applied.saying("answered 204"));
    assertThat(toReplica().target()).hasToString("Pod web-1");
    assertThat(toReplica().key(MARK)).isEqualTo("bs-run-1/pause/apply/1/uid-web-1");
  }

  @Test
  void aReplicaThatIsGoneIsNotAskedAndNeedsNoUndo() {
    // given
    api.has(Slices.of("web", "web", web.port(), "web-0:127.0.0.1"));
    var undo = toReplica().reversed(MARK, 1);

    // when
    var sent = send(toReplica());
    var undone = send(undo);

    // then
    assertThat(sent).isInstanceOf(Outcome.NotSent.class);
    assertThat(undone)
        .isEqualTo(Outcome.Applied.saying("it is gone, and what was done to it with it"));
    assertThat(web.requests()).isEmpty();
  }

  @Test
  void replicasAreTakenBackAllAtOnceAndOneOfUnknownOutcomeIsAskedFor() {
    // given
    var other = undoable().at(new Replica("web-2", "uid-web-2", true, "", Map.of()));
    var second = new Mark("bs-run-1", "pause", Intent.Verb.Apply, 3, 1);
    var sent =
        List.of(
            new Sent<>(toReplica(), MARK, new Outcome.Applied(null)),
            new Sent<>(other, second, new Outcome.Applied(null)));
    var undone = new Sent<>(other.reversed(second, 1), second, new Outcome.Applied(null));
    var unknown =
        new Sent<>(toReplica().reversed(MARK, 1), MARK, new Outcome.Unknown("It is lost.", null));

    // then
    assertThat(new HttpReversal(List.of()).of(sent).effects())
        .extracting(effect -> effect.target().toString())
        .containsExactly("Pod web-2", "Pod web-1");
    assertThat(new HttpReversal(List.of(undone)).of(sent).effects())
        .extracting(effect -> effect.target().toString())
        .containsExactly("Pod web-1");
    assertThat(new HttpReversal(List.of(undone, unknown)).of(sent).work())
        .isEqualTo(new Work.Unknown("It is lost."));
  }
}
