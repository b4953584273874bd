package dev.backstep.action.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.DeclaredEffect;
import dev.backstep.api.v1alpha1.action.HttpAction;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Slices;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.http.HttpRequest;
import dev.backstep.http.HttpStack;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One request, sent once for each attempt. */
class HttpExecutorTest {
  private static final String SECRET = "{secretKeyRef: {name: %s, key: value}}";
  private static final String PAUSE =
      "service: {name: web, port: 80, scheme: http}, path: /pause, method: POST, successCondition: 'status == 204', timeout: 10s, destructive: false, ";
  private static final HttpAction HOLD = action(PAUSE + "effect: Hold, undo: {path: /resume}");
  private static final HttpAction REPAIR = action(PAUSE + "effect: Repair");

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final HttpStack stack = new HttpStack(vertx, api.client());
  private final HttpExecutor executor = new HttpExecutor(stack.readings());

  @AfterEach
  void stop() {
    stack.close();
    api.close();
    vertx.close();
  }

  private static HttpAction action(String yaml) {
    var plan =
        """
        serviceAccountName: runner
        gates: []
        levels: [{name: quiet, actions: [{name: pause, http: {%s}}]}]
        """
            .formatted(yaml);
    return PlanYaml.spec(plan).allActions().findFirst().orElseThrow().http();
  }

  private static ActionScope scope(int attempt, EffectStatus... sent) {
    return Scopes.of().of(attempt, List.of(sent));
  }

  private static EffectStatus effect(Intent.Verb verb, How how) {
    return EffectStatusBuilder.builder()
        .verb(verb)
        .number(1)
        .attempt(1)
        .targets(1)
        .results(List.of(new EffectResult(0, "Service web", how, "204", null)))
        .build();
  }

  private Step next(HttpAction action, ActionScope scope) {
    return executor.next(action, scope).toCompletableFuture().join();
  }

  private HttpRequest request(HttpAction action, int attempt) {
    return (HttpRequest) next(action, scope(attempt)).effects().get(0);
  }

  @Test
  void theRequestIsSentAndAHoldFromThenOn() {
    // when
    var request = request(HOLD, 2);

    // then
    assertThat(request.summary()).isEqualTo("POST web:80/pause");
    assertThat(request.attempt()).isEqualTo(2);
    assertThat(request.takes().target()).isEqualTo("Service web");
    assertThat(request.takes().original()).isEqualTo("POST web:80/resume");
    assertThat(request.takes().held()).isEqualTo("POST web:80/pause");
  }

  @Test
  void aRepairHoldsNothing() {
    assertThat(request(REPAIR, 1).takes()).isNull();
    assertThat(request(REPAIR, 3).attempt()).isEqualTo(3);
  }

  @Test
  void whatWasAnsweredAsWantedIsNotSentAgain() {
    var done = effect(Intent.Verb.Apply, How.Applied);

    assertThat(next(HOLD, scope(1, done))).isEqualTo(Step.done("the endpoint answered as wanted."));
  }

  @Test
  void whatDidNotReachTheEndpointInThisAttemptIsSent() {
    var done = effect(Intent.Verb.Apply, How.Applied);

    assertThat(next(HOLD, scope(1, effect(Intent.Verb.Apply, How.Failed))).work())
        .isInstanceOf(Work.ToDo.class);
    assertThat(next(HOLD, scope(1, effect(Intent.Verb.Release, How.Applied))).work())
        .isInstanceOf(Work.ToDo.class);
    assertThat(next(HOLD, scope(2, done)).work()).isInstanceOf(Work.ToDo.class);
  }

  @Test
  void itIsWhatThePlanDeclares() {
    assertThat(executor.traits(HOLD)).isEqualTo(Traits.declared(DeclaredEffect.Hold, false));
    assertThat(executor.traits(action(PAUSE.replace("false", "true") + "effect: Repair")))
        .isEqualTo(Traits.declared(DeclaredEffect.Repair, true));
  }

  /** Of the request itself, of what reads whether it was done and of what takes it back. */
  @Test
  void theRightsAreForEverySecretOnce() {
    // given
    var withSecrets =
        action(
            PAUSE
                + "effect: Hold, headers: [{name: A, valueFrom: %s}, {name: B, valueFrom: %s}], "
                    .formatted(SECRET.formatted("token"), SECRET.formatted("basic"))
                + "verify: {path: /, headers: [{name: A, valueFrom: %s}], successCondition: 'true'}, "
                    .formatted(SECRET.formatted("reader"))
                + "undo: {path: /resume, bodyFrom: %s}".formatted(SECRET.formatted("admin")));

    // then
    assertThat(executor.rights(withSecrets, scope(1)))
        .containsExactly(
            new Right("get", "", "secrets", List.of("admin", "basic", "reader", "token")));
    assertThat(executor.rights(HOLD, scope(1))).isEmpty();
  }

  @Test
  void everyCallIsCheckedBeforehand() {
    // given
    var wrong = PAUSE.replace("'status == 204'", "'status =='");
    var verify = "effect: Repair, verify: {path: /, successCondition: 'body =='}";
    var undo = "effect: Hold, undo: {path: /, successCondition: 'body =='}";

    // then
    api.has(service("10.0.0.1"));
    assertThat(preflight(HOLD)).isEmpty();
    assertThat(preflight(action(wrong + "effect: Repair")))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.reason()).isEqualTo("CallInvalid");
              assertThat(problem.message()).startsWith("Action back: ").endsWith(".");
            });
    assertThat(preflight(action(PAUSE + verify)))
        .extracting(Problem::reason)
        .containsExactly("CallInvalid");
    assertThat(preflight(action(PAUSE + undo)))
        .extracting(Problem::reason)
        .containsExactly("CallInvalid");
  }

  // ---- what a preflight can know

  private List<Problem> preflight(HttpAction action) {
    return executor.preflight(action, scope(1)).toCompletableFuture().join();
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

  @Test
  void whatKeepsItFromBeingSentIsSaidBeforeAndOnce() {
    // given
    var token =
        action(
            PAUSE
                + "effect: Hold, undo: {path: /resume}, headers: [{name: A, valueFrom: %s}]"
                    .formatted(SECRET.formatted("token")));

    // then
    assertThat(preflight(HOLD))
        .containsExactly(new Problem("ServiceMissing", "Action back: Service web does not exist."));
    api.has(service("10.0.0.1"));
    assertThat(preflight(HOLD)).isEmpty();
    assertThat(preflight(token))
        .containsExactly(
            new Problem(
                "SecretMissing", "Action back: Secret token with key value does not exist."));
  }

  /** At noon, and not at three in the morning. */
  @Test
  void anEndpointThatDoesNotLetVerifyInIsSaidBefore() throws Exception {
    // given
    var status = new AtomicInteger(401);
    var server =
        vertx
            .createHttpServer()
            .requestHandler(it -> it.response().setStatusCode(status.get()).end())
            .listen(0, "127.0.0.1");
    var port = server.toCompletionStage().toCompletableFuture().get().actualPort();
    api.has(service("127.0.0.1"));
    var verified =
        action(
            PAUSE.replace("port: 80", "port: %d".formatted(port))
                + "effect: Repair, verify: {path: /state, successCondition: 'status == 200'}");

    // then
    assertThat(preflight(verified))
        .containsExactly(
            new Problem(
                "CredentialsRejected",
                "Action back: GET web:%d/state answered 401: who asks was not accepted. Give it headers with valueFrom."
                    .formatted(port)));
    status.set(500);
    assertThat(preflight(verified)).isEmpty();
  }

  // ---- every replica

  private static final HttpAction EVERY =
      action(
          PAUSE.replace("scheme: http}", "scheme: http, replicas: Every}")
              + "effect: Hold, undo: {path: /resume}");

  private void behind(String... replicas) {
    api.has(service("10.0.0.1")).has(Slices.of("web", "web", 80, replicas));
  }

  private static EffectStatus each(int attempt, int number, Object... results) {
    var each = new ArrayList<EffectResult>();
    for (var i = 0; i < results.length; i += 2) {
      each.add(new EffectResult(i / 2, "Pod " + results[i], (How) results[i + 1], "204", null));
    }
    return EffectStatusBuilder.builder()
        .verb(Intent.Verb.Apply)
        .number(number)
        .attempt(attempt)
        .targets(each.size())
        .results(each)
        .build();
  }

  private List<String> targets(ActionScope scope) {
    return next(EVERY, scope).effects().stream().map(it -> it.target().toString()).toList();
  }

  @Test
  void eachReadyReplicaIsAnEffectAndAHoldOfItsOwn() {
    // given
    behind("web-0:10.1.0.1", "!web-1:10.1.0.2", "web-2:10.1.0.3");

    // when
    var effects = next(EVERY, scope(1)).effects();

    // then
    assertThat(effects)
        .extracting(effect -> effect.takes().target())
        .containsExactly("Pod web-0", "Pod web-2");
    assertThat(effects.get(0).summary()).isEqualTo("POST web-0:80/pause");
    assertThat(effects.get(0).takes().original()).isEqualTo("POST web-0:80/resume");
  }

  @Test
  void aReplicaThatComesLaterIsNoneOfItsBusiness() {
    // given
    behind("web-0:10.1.0.1", "web-1:10.1.0.2", "web-9:10.1.0.9");
    var sent = each(1, 1, "web-0", How.Applied, "web-1", How.Applied);

    // then
    assertThat(next(EVERY, scope(1, sent)))
        .isEqualTo(Step.done("each replica answered as wanted."));
  }

  @Test
  void whoWasNotReachedIsAskedOnceMoreWhileItIsThere() {
    // given
    behind("web-0:10.1.0.1", "!web-1:10.1.0.2");
    var sent = each(1, 1, "web-0", How.Applied, "web-1", How.NotSent, "web-2", How.NotSent);

    // then
    assertThat(targets(scope(1, sent))).containsExactly("Pod web-1");
    assertThat(next(EVERY, scope(1, sent, each(1, 2, "web-1", How.Applied))).work().isSettled())
        .isTrue();
  }

  @Test
  void aRetryIsAboutThoseThatFailedAndAfterAllOfThemAboutAll() {
    // given
    behind("web-0:10.1.0.1", "web-1:10.1.0.2");
    var half = each(1, 1, "web-0", How.Applied, "web-1", How.Failed);
    var rest = each(2, 2, "web-1", How.Applied);

    // then
    assertThat(targets(scope(2, half))).containsExactly("Pod web-1");
    assertThat(targets(scope(3, half, rest))).containsExactly("Pod web-0", "Pod web-1");
  }

  /** Who looks goes on by asking the API server, on whose client the requests depend too. */
  @Test
  void whatIsLookedForIsKnownOnAThreadThatCarriesNoRequests() {
    // given
    behind("web-0:10.1.0.1");

    // when
    var found = executor.next(EVERY, scope(1)).thenApply(step -> Context.isOnVertxThread());
    var failed =
        executor.preflight(EVERY, scope(1)).thenApply(problems -> Context.isOnVertxThread());

    // then
    assertThat(found.toCompletableFuture().join()).isFalse();
    assertThat(failed.toCompletableFuture().join()).isFalse();
  }

  @Test
  void aServiceThatDoesNotExistIsLookedForAgain() {
    assertThat(next(EVERY, scope(1)).work())
        .isEqualTo(new Work.Rolling("Service web does not exist.", Duration.ofSeconds(5)));
  }

  @Test
  void itWaitsWhileNobodyIsReadyAndAsksNoMoreThanAHundred() {
    behind("!web-0:10.1.0.1");
    assertThat(next(EVERY, scope(1)).work()).isInstanceOf(Work.Rolling.class);

    behind(IntStream.range(0, 101).mapToObj("web-%d:10.1.0.1"::formatted).toArray(String[]::new));
    assertThat(next(EVERY, scope(1)).work()).isInstanceOf(Work.Impossible.class);
  }
}
