package dev.backstep.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.Call.Method;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.StandingClock;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests to a Service whose address is a server on loopback. */
class HttpCallerTest {
  private static final Author RUNNER = new Author("shop", "runner");
  private static final String CANARY = "canary-7f3a91";

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final StandingClock clock = new StandingClock(Instant.EPOCH);
  private final HttpStack http = new HttpStack(vertx, api.client(), clock);
  private final Web web = new Web();

  @AfterEach
  void stop() {
    web.close();
    http.close();
    api.close();
    vertx.close();
  }

  private static Answer answer(CompletionStage<Answer> stage) {
    return stage.toCompletableFuture().join();
  }

  private static UnansweredException unanswered(CompletionStage<Answer> stage) {
    var error = stage.handle((answer, thrown) -> thrown).toCompletableFuture().join();
    return (UnansweredException)
        (error instanceof CompletionException wrapped ? wrapped.getCause() : error);
  }

  private long asked(String what) {
    return api.asked().stream().filter(it -> it.path().contains(what)).count();
  }

  @Test
  void manyRequestsToOneServiceAskForItsAddressAndItsSecretOnce() {
    // given
    api.has(Web.service("web", "127.0.0.1")).has(Web.secret(CANARY));
    var call = Calls.withToken(web.port());

    // when
    for (var i = 0; i < 5; i++) {
      answer(http.caller().send(call, RUNNER));
    }

    // then
    assertThat(web.headers("Authorization")).hasSize(5).containsOnly(CANARY);
    assertThat(asked("/services/")).isEqualTo(1);
    assertThat(asked("/secrets/")).isEqualTo(1);
  }

  @Test
  void aSecretThatIsNotAcceptedIsReadAgain() {
    // given
    api.has(Web.service("web", "127.0.0.1")).has(Web.secret("old"));
    var call = Calls.withToken(web.port());
    web.answers(401, "");
    answer(http.caller().send(call, RUNNER));
    api.has(Web.secret("new"));

    // when
    answer(http.caller().send(call, RUNNER));

    // then
    assertThat(web.headers("Authorization")).containsExactly("old", "new");
  }

  /** Whatever was known when it was asked before. */
  @Test
  void whatIsGoneIsAProblemAsSoonAsSomebodyLooks() {
    // given
    api.has(Web.service("web", "127.0.0.1")).has(Web.secret(CANARY));
    var call = Calls.withToken(web.port());
    answer(http.caller().send(call, RUNNER));

    // when
    api.lose(Web.secret(CANARY));

    // then
    assertThat(problems(call)).extracting(Problem::reason).containsExactly("SecretMissing");

    // when
    api.has(Web.secret(CANARY));
    api.lose(Web.service("web", "127.0.0.1"));

    // then
    assertThat(problems(call)).extracting(Problem::reason).containsExactly("ServiceMissing");
  }

  private List<Problem> problems(Call call) {
    return http.caller().problems(call, RUNNER).toCompletableFuture().join();
  }

  @Test
  void anAddressWhereNobodyListensIsReadAgain() {
    // given
    api.has(Web.service("web", "127.0.0.2"));
    var call = Calls.to(web.port(), Method.GET);
    var first = unanswered(http.caller().send(call, RUNNER));
    api.has(Web.service("web", "127.0.0.1"));

    // when
    clock.pass(Duration.ofMinutes(1));
    unanswered(http.caller().send(call, RUNNER));
    var answered = answer(http.caller().send(call, RUNNER));

    // then
    assertThat(first.left()).isFalse();
    assertThat(first.ours()).isFalse();
    assertThat(answered.status()).isEqualTo(200);
  }

  /** Then it is not the endpoint that failed: nobody knows how it is. */
  @Test
  void aServiceThatIsGoneIsNoticedByTheFirstRequestThatReachesNobody() {
    // given
    api.has(Web.service("web", "127.0.0.1"));
    var call = Calls.to(web.port(), Method.GET);
    answer(http.caller().send(call, RUNNER));

    // when
    web.close();
    api.lose(Web.service("web", "127.0.0.1"));
    var gone = unanswered(http.caller().send(call, RUNNER));

    // then
    assertThat(gone.ours()).isTrue();
    assertThat(gone).hasMessage("Service web does not exist");
  }

  @Test
  void aRequestThatIsTooLateDoesNotLeave() {
    // given
    api.has(Web.service("web", "127.0.0.1"));
    var departure = Departure.until(clock.instant().minusMillis(1), clock);

    // when
    var call = Calls.to(web.port(), Method.POST);
    var late = unanswered(http.caller().send(call, RUNNER, Map.of(), departure));

    // then
    assertThat(late.left()).isFalse();
    assertThat(late).hasMessage("web:%d/x was not asked: it is too late".formatted(web.port()));
    assertThat(web.requests()).isEmpty();
  }

  @Test
  void headersComeOnTopOfTheCallsOwn() {
    // given
    api.has(Web.service("web", "127.0.0.1"));
    var call = Calls.withHeader(Calls.to(web.port(), Method.POST), "A", "1");

    // when
    answer(http.caller().send(call, RUNNER, Map.of("B", "2"), Departure.anytime()));

    // then
    assertThat(web.headers("A")).containsExactly("1");
    assertThat(web.headers("B")).containsExactly("2");
  }

  @Test
  void aRedirectIsAnAnswer() {
    // given
    api.has(Web.service("web", "127.0.0.1"));
    web.redirectsTo("/elsewhere");

    // when
    var answered = answer(http.caller().send(Calls.to(web.port(), Method.GET), RUNNER));

    // then
    assertThat(answered.status()).isEqualTo(302);
    assertThat(web.requests()).hasSize(1);
  }

  @Test
  void aSecretThatCannotBeAHeaderIsNotSaid() {
    // given
    api.has(Web.service("web", "127.0.0.1")).has(Web.secret(CANARY + "\nX-Other: 1"));

    // when
    var refused = unanswered(http.caller().send(Calls.withToken(web.port()), RUNNER));

    // then
    assertThat(refused.left()).isFalse();
    assertThat(refused).hasMessageContaining("Header Authorization cannot be sent");
    assertThat(refused).hasMessageNotContaining(CANARY);
  }

  @Test
  void whatLeftWithoutAnAnswerMayHaveBeenCarriedOut() {
    // given
    api.has(Web.service("web", "127.0.0.1"));
    web.breaksOff();

    // when
    var lost = unanswered(http.caller().send(Calls.to(web.port(), Method.POST), RUNNER));

    // then
    assertThat(lost.left()).isTrue();
    assertThat(lost.ours()).isFalse();
    assertThat(web.requests()).hasSize(1);
  }

  @Test
  void anAnswerSaysItsStatusAndNothingElse() {
    assertThat(new Answer(200, Map.of(), CANARY, List.of(CANARY))).hasToString("answered 200");
  }

  @Test
  void theHostOfACallIsItsServiceOrThatOfItsUrl() {
    assertThat(Calls.to(80, Method.GET).host()).isEqualTo("web");
    assertThat(Calls.url("https://Shop.example:8443/a?b").host()).isEqualTo("Shop.example");
    assertThat(Calls.url("http://under_score/a").host()).isEqualTo("http://under_score/a");
    assertThat(Calls.url("http://a b").host()).isEqualTo("http://a b");
  }
}
