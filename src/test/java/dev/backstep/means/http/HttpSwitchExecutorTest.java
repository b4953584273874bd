package dev.backstep.means.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.Taken;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Intent.Verb;
import dev.backstep.api.v1alpha1.sync.HttpSwitch;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Slices;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.http.HttpRequest;
import dev.backstep.http.HttpStack;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.MeansYaml;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A switch of the application, of which each replica has its own. */
class HttpSwitchExecutorTest {
  private static final Instant NOW = Scopes.SINCE.plusSeconds(60);
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final HttpStack stack = new HttpStack(vertx, api.client());
  private final HttpSwitchExecutor executor = new HttpSwitchExecutor(stack.readings());

  /** What each replica says, by its address; nobody listens at the others. */
  private final Map<String, Boolean> enabled = new ConcurrentHashMap<>();

  private final int port = listen("127.0.0.1", 0);

  @AfterEach
  void stop() {
    stack.close();
    api.close();
    vertx.close();
  }

  private int listen(String address, int wanted) {
    try {
      return vertx
          .createHttpServer()
          .requestHandler(
              request ->
                  request
                      .response()
                      .end("{\"enabled\": %s}".formatted(enabled.getOrDefault(address, false))))
          .listen(wanted, address)
          .toCompletionStage()
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS)
          .actualPort();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpSwitch means() {
    return means("service: {name: web, port: %d, scheme: http, replicas: Every}".formatted(port));
  }

  private static HttpSwitch means(String to) {
    var step = to.startsWith("url") ? "url: 'http://127.0.0.1/%s'" : "path: /%s";
    return MeansYaml.of(
            """
            http: {%s, path: /, method: POST, successCondition: 'status < 300', timeout: 2s,
             disable: {%s}, enable: {%s},
             status: {%s, successCondition: body.enabled == false}}
            """
                .formatted(
                    to, step.formatted("off"), step.formatted("on"), step.formatted("status")))
        .http();
  }

  /** The Service, and who is behind it: each at an address of loopback. */
  private void behind(String... replicas) {
    api.has(
            new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withClusterIP("10.0.0.1")
                .addNewPort()
                .withPort(port)
                .endPort()
                .endSpec()
                .build())
        .has(Slices.of("web", "", port, replicas));
  }

  /** Replicas web-1 and so on, which say whether they are on. */
  private void replicas(boolean... on) {
    var names = new String[on.length];
    for (var i = 0; i < on.length; i++) {
      var address = "127.0.0.%d".formatted(i + 1);
      if (i > 0 && !enabled.containsKey(address)) {
        listen(address, port);
      }
      enabled.put(address, on[i]);
      names[i] = "web-%d:%s".formatted(i + 1, address);
    }
    behind(names);
  }

  private static ActionScope scope(EffectStatus... sent) {
    return Scopes.of().with().now(NOW).timeout(TIMEOUT).sent(List.of(sent)).build();
  }

  private static EffectStatus sent(Verb verb, How how, Duration ago, String... pods) {
    var results =
        Arrays.stream(pods).map(pod -> new EffectResult(0, "Pod " + pod, how, "", null)).toList();
    return EffectStatusBuilder.builder()
        .verb(verb)
        .number(1)
        .attempt(1)
        .targets(pods.length)
        .endedAt(NOW.minus(ago))
        .results(results)
        .build();
  }

  private Step next(EffectStatus... sent) {
    return executor.next(means(), scope(sent)).toCompletableFuture().join();
  }

  private static ActionScope provenOff(EffectStatus... sent) {
    return scope(sent).withDoneAt(Optional.of(NOW.minusSeconds(30)));
  }

  private Step back(EffectStatus... sent) {
    return back(provenOff(sent));
  }

  private Step back(ActionScope scope) {
    var taken = new Taken(List.of(), null, null, null);
    return executor.back(means(), taken, scope).toCompletableFuture().join();
  }

  private static List<String> summaries(Step step) {
    return step.effects().stream().map(Effect::summary).toList();
  }

  // ---- off

  @Test
  void onlyReplicasThatSayThatTheyAreOnAreTold() {
    // given
    replicas(false, true, true);

    // when
    var step = next();

    // then
    assertThat(summaries(step))
        .containsExactly("POST web-2:%d/off".formatted(port), "POST web-3:%d/off".formatted(port));
    var request = (HttpRequest) step.effects().get(0);
    assertThat(request.idempotent()).isTrue();
    assertThat(request.verify().successCondition()).isEqualTo("body.enabled == false");
    assertThat(request.takes().target()).isEqualTo("Service web");
    assertThat(request.takes().original()).isEqualTo("POST web:%d/on".formatted(port));
  }

  @Test
  void itIsOffWhenEachSaysSo() {
    replicas(false, false);

    assertThat(next()).isEqualTo(Step.done("Each of 2 says that it is off."));
  }

  @Test
  void withoutReplicasNothingWorks() {
    behind();

    assertThat(next()).isEqualTo(Step.done("No replica of Service web is there, so none works."));
  }

  /** Also where it is not ready: it may work all the same. */
  @Test
  void whoDoesNotAnswerIsNotProvenOff() {
    // given
    behind("web-1:127.0.0.1", "!web-9:127.0.0.9");

    // then
    assertThat(next().work())
        .isInstanceOfSatisfying(
            Work.Rolling.class,
            rolling ->
                assertThat(rolling.message())
                    .startsWith(
                        "1 of 2 do not say whether they are off: web-9:%d/status gave no answer"
                            .formatted(port)));
  }

  /** The SyncControl says so once its timeout is over, with what was answered. */
  @Test
  void whoStillSaysThatHeIsOnIsNotProvenOffAndToldAgainAfterAWhile() {
    // given
    replicas(true);

    // then
    assertThat(next(sent(Verb.Apply, How.Applied, TIMEOUT.minusSeconds(1), "web-1")).work())
        .isEqualTo(
            new Work.Rolling(
                "Told to switch off, 1 of 1 did not yet: GET web-1:%d/status answered 200, wanted body.enabled == false (body.enabled was true)."
                    .formatted(port),
                Duration.ofSeconds(1)));
    var again = next(sent(Verb.Apply, How.Applied, TIMEOUT, "web-1"));
    assertThat(((HttpRequest) again.effects().get(0)).attempt())
        .as("another key, else the endpoint takes it for the same request")
        .isEqualTo(2);
  }

  /** A pod of a StatefulSet has the same name when it comes back, and begins with its switch on. */
  @Test
  void whoWasOffAndIsOnAgainIsToldAtOnce() {
    // given
    replicas(true);
    var told = sent(Verb.Apply, How.Applied, Duration.ofSeconds(40), "web-1");

    // when
    var step = executor.next(means(), provenOff(told)).toCompletableFuture().join();

    // then
    assertThat(step.effects()).hasSize(1);
  }

  @Test
  void afterEachTimeItIsWaitedTwiceAsLong() {
    // given
    replicas(true);
    var first = sent(Verb.Apply, How.Applied, Duration.ofMinutes(3), "web-1");

    // then
    assertThat(next(first, sent(Verb.Apply, How.Applied, TIMEOUT, "web-1")).effects()).isEmpty();
    assertThat(
            next(first, sent(Verb.Apply, How.Applied, TIMEOUT.multipliedBy(2), "web-1")).effects())
        .hasSize(1);
  }

  @Test
  void whatFailedIsTriedAgainSooner() {
    // given
    replicas(true);

    // then
    assertThat(next(sent(Verb.Apply, How.Failed, Duration.ofSeconds(4), "web-1")).effects())
        .isEmpty();
    assertThat(next(sent(Verb.Apply, How.Failed, Duration.ofSeconds(5), "web-1")).effects())
        .hasSize(1);
    assertThat(next(sent(Verb.Apply, How.NotSent, Duration.ZERO, "web-1")).effects()).hasSize(1);
  }

  /** It never was told, so nobody switched it on again. */
  @Test
  void aReplicaThatComesLaterIsToldAtOnce() {
    // given
    replicas(false, true);

    // then
    assertThat(summaries(next(sent(Verb.Apply, How.Applied, Duration.ofSeconds(1), "web-1"))))
        .containsExactly("POST web-2:%d/off".formatted(port));
  }

  @Test
  void oneOfThemAnswersForAllWhereTheyShareTheSwitch() {
    // given
    var any = means("service: {name: web, port: %d, scheme: http, replicas: Any}".formatted(port));
    replicas(true);
    api.has(
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("web")
            .endMetadata()
            .withNewSpec()
            .withClusterIP("127.0.0.1")
            .endSpec()
            .build());

    // then
    var step = executor.next(any, scope()).toCompletableFuture().join();
    assertThat(summaries(step)).containsExactly("POST web:%d/off".formatted(port));
  }

  // ---- on

  @Test
  void whoSaysThatHeIsOffIsSwitchedOn() {
    // given
    replicas(true, false);

    // when
    var step = back(sent(Verb.Apply, How.Applied, TIMEOUT, "web-1", "web-2"));

    // then
    assertThat(summaries(step)).containsExactly("POST web-2:%d/on".formatted(port));
    var request = (HttpRequest) step.effects().get(0);
    assertThat(request.verify().successCondition()).isEqualTo("!(body.enabled == false)");
    assertThat(request.givesBack().target()).isEqualTo("Service web");
  }

  @Test
  void itIsOnWhenEachSaysSo() {
    replicas(true, true);

    assertThat(back(sent(Verb.Apply, How.Applied, TIMEOUT, "web-1")))
        .isEqualTo(Step.done("Each of 2 says that it is on."));
  }

  /** Such as by a condition that does not mean what its author thought: it is off, and says on. */
  @Test
  void whoWasToldAndNeverSaidThatHeIsOffIsToldOnce() {
    // given
    replicas(true, true);
    var off = sent(Verb.Apply, How.Applied, TIMEOUT, "web-1");
    var on = sent(Verb.Release, How.Applied, Duration.ofSeconds(1), "web-1");

    // when
    var step = back(scope(off));

    // then
    assertThat(summaries(step)).containsExactly("POST web-1:%d/on".formatted(port));
    assertThat(((HttpRequest) step.effects().get(0)).verify()).isNull();
    assertThat(back(scope(off, on))).isEqualTo(Step.done("Each of 2 says that it is on."));
  }

  @Test
  void whatWasOffBeforeStaysOff() {
    // given
    replicas(false);

    // then
    assertThat(back()).isEqualTo(Step.done("It was off before, so it stays as it is."));
    assertThat(back(sent(Verb.Apply, How.NotSent, TIMEOUT, "web-1")).effects()).isEmpty();
    assertThat(back(sent(Verb.Apply, How.Unknown, TIMEOUT, "web-1")).effects()).hasSize(1);
  }

  // ---- what was missed

  private HttpSwitch catchingUp() {
    return means(
        "service: {name: web, port: %d, scheme: http, replicas: Every}, runOnce: {path: /missed}"
            .formatted(port));
  }

  private record PastOf(List<Sent<?>> back) implements Taken.Past {
    @Override
    public List<Sent<?>> applied() {
      return List.of();
    }
  }

  private Step caughtUp(List<Sent<?>> before, EffectStatus... last) {
    var off = sent(Verb.Apply, How.Applied, TIMEOUT, "web-1");
    var sent = Stream.concat(Stream.of(off), Arrays.stream(last)).toArray(EffectStatus[]::new);
    return executor
        .back(catchingUp(), new Taken(List.of(), new PastOf(before), null, null), provenOff(sent))
        .toCompletableFuture()
        .join();
  }

  /** All are on, and what was missed was tried to be made up for, which ended so. */
  private Step caughtUp(How how) {
    var request = caughtUp(List.of()).effects().get(0);
    var mark = Mark.parsed("bs-run-1/back/release/1/0");
    var result = new EffectResult(0, "Service web", how, "POST web answered 500", null);
    var status =
        EffectStatusBuilder.builder(sent(Verb.Release, how, Duration.ofSeconds(1), "web-1"))
            .results(List.of(result))
            .build();
    return caughtUp(List.of(new Sent<>(request, mark, new Outcome.Gone())), status);
  }

  @Test
  void onceAllAreOnWhatWasMissedIsMadeUpFor() {
    // given
    replicas(true, true);

    // when
    var step = caughtUp(List.of());

    // then
    assertThat(summaries(step)).containsExactly("POST web:%d/missed".formatted(port));
    assertThat(((HttpRequest) step.effects().get(0)).idempotent()).isTrue();
  }

  @Test
  void notBeforeAllAreOn() {
    // given
    replicas(true, false);

    // then
    assertThat(summaries(caughtUp(List.of()))).containsExactly("POST web-2:%d/on".formatted(port));
  }

  @Test
  void whatWasMadeUpForIsNotMadeUpForAgain() {
    // given
    replicas(true);

    // then
    assertThat(caughtUp(How.Applied)).isEqualTo(Step.done("Each of 1 says that it is on."));
    assertThat(caughtUp(How.Unknown).effects()).isEmpty();
    assertThat(caughtUp(How.NotSent).effects()).hasSize(1);
  }

  /** It is on all the same, so nobody has to wait for it. */
  @Test
  void thatItCouldNotBeMadeUpForIsSaid() {
    // given
    replicas(true);

    // then
    assertThat(caughtUp(How.Failed))
        .isEqualTo(
            Step.done(
                "All are on, but what was missed was not made up for: POST web answered 500. Send POST web:%d/missed by hand."
                    .formatted(port)));
  }

  // ---- what it needs

  @Test
  void aServiceThatDoesNotExistIsAProblem() {
    assertThat(executor.preflight(means(), scope()).toCompletableFuture().join())
        .containsExactly(new Problem("ServiceMissing", "Means back: Service web does not exist."));
    assertThat(next().work()).isInstanceOf(Work.Rolling.class);
  }

  @Test
  void aHostThatIsNotAllowedIsAProblem() {
    assertThat(
            executor
                .preflight(means("url: 'http://127.0.0.1/'"), scope())
                .toCompletableFuture()
                .join())
        .extracting(Problem::reason)
        .containsExactly("CallInvalid");
  }

  @Test
  void theRightsAreForTheSecretsOfAllSteps() {
    // given
    var secret = "headers: [{name: A, valueFrom: {secretKeyRef: {name: %s, key: k}}}]";
    var withSecrets =
        MeansYaml.of(
                "http: {service: {name: web, port: 80, scheme: http, replicas: Every}, method: POST, %s, disable: {path: /off}, enable: {path: /on}, status: {path: /status, %s}}"
                    .formatted(secret.formatted("writer"), secret.formatted("reader")))
            .http();

    // then
    assertThat(executor.rights(withSecrets, scope()))
        .containsExactly(new Right("get", "", "secrets", List.of("writer", "reader")));
    assertThat(executor.rights(means(), scope())).isEmpty();
  }
}
