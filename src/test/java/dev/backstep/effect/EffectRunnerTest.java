package dev.backstep.effect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.IntentBuilder;
import dev.backstep.cluster.Records;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How effects end, and what is told of it. */
class EffectRunnerTest {
  private static final String MARK = "bs-run-1/stop/apply/1";
  private static final String WEB =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: %s, annotations: {team: shop}}
      spec: {replicas: 3}
      """;

  private final MemoryCluster cluster = new MemoryCluster();
  private final EffectRunner runner = cluster.bean(EffectRunner.class);
  private final List<String> told = new ArrayList<>();
  private final Order order =
      new Order(
          new Records.Owner("RollbackPlan", MemoryCluster.NAMESPACE, "web"),
          "bs-run-1",
          new Author(MemoryCluster.NAMESPACE, "runner"),
          "plan",
          () -> told.add("done"));

  @BeforeEach
  void targets() {
    cluster.given(WEB.formatted("web"));
    cluster.given(WEB.formatted("api"));
  }

  private Deployment deployment(String name) {
    return cluster.find(Deployment.class, "deployments", name).orElseThrow();
  }

  private ObjectPatch change(String name) {
    var json = JsonNodeFactory.instance;
    return PatchBuilder.of(deployment(name))
        .set("/spec/replicas", json.numberNode(3), json.numberNode(0))
        .build("Deployment " + name);
  }

  private Intent intent(ObjectPatch... changes) {
    var kept =
        cluster
            .bean(Images.class)
            .keep(
                new Records.Owner("RollbackPlan", MemoryCluster.NAMESPACE, "web"),
                "bs-run-1",
                "stop",
                List.of(changes));
    return IntentBuilder.builder()
        .verb(Intent.Verb.Apply)
        .seq(5L)
        .action("stop")
        .effect(1)
        .mark(MARK)
        .images(kept)
        .targets(changes.length)
        .notAfter(Instant.MAX)
        .build();
  }

  private Progress.Report report(Intent intent) {
    cluster.pass(Duration.ofSeconds(1));
    return (Progress.Report) runner.progress("plan", intent);
  }

  private static String failure(Progress.Report report) {
    return report.ended(Outcome.Failed.class).findFirst().orElseThrow().problem().message();
  }

  @Test
  void everyTargetIsChangedAndItIsToldOnce() {
    // given
    var changes = List.of(change("web"), change("api"));
    var intent = intent(changes.toArray(ObjectPatch[]::new));

    // when
    runner.send(intent, changes, order);
    assertThat(runner.progress("plan", intent)).isInstanceOf(Progress.InFlight.class);

    // then
    assertThat(report(intent).count(Outcome.Applied.class)).isEqualTo(2);
    assertThat(deployment("web").getSpec().getReplicas()).isZero();
    assertThat(told).hasSize(1);
  }

  @Test
  void aTargetThatChangedMeanwhileIsLeftAndNamed() {
    // given
    var change = change("web");
    var intent = intent(change);
    cluster.given(WEB.formatted("web").replace("replicas: 3", "replicas: 7"));

    // when
    runner.send(intent, List.of(change), order);

    // then
    assertThat(report(intent).count(Outcome.Refused.class)).isEqualTo(1);
    assertThat(report(intent).results().get(0).target()).hasToString("Deployment web");
    assertThat(deployment("web").getSpec().getReplicas()).isEqualTo(7);
  }

  @Test
  void aTargetThatIsGoneIsSaidToBeGone() {
    // given
    var change = change("web");
    var intent = intent(change);
    cluster.client().apps().deployments().inNamespace("shop").withName("web").delete();

    // when
    runner.send(intent, List.of(change), order);

    // then
    assertThat(report(intent).count(Outcome.Gone.class)).isEqualTo(1);
  }

  @Test
  void whatMayNotBeDoneIsAFailure() {
    // given
    var change = change("web");
    var intent = intent(change);
    cluster.refuse("PATCH", "deployments", 403, "Forbidden", "no rights");

    // when
    runner.send(intent, List.of(change), order);

    // then
    assertThat(failure(report(intent)))
        .contains("ServiceAccount shop/runner may not patch Deployment web", "no rights");
  }

  /** Who took over finds the intent open, and nothing sent. */
  @Test
  void anOpenIntentThatIsWantedIsSent() {
    // given
    var intent = intent(change("web"));

    // when
    runner.close(intent, true, Map.of(), order);

    // then
    assertThat(report(intent).count(Outcome.Applied.class)).isEqualTo(1);
    assertThat(deployment("web").getSpec().getReplicas()).isZero();
  }

  @Test
  void anOpenIntentThatIsNotWantedCanNeverLand() {
    // given
    var change = change("web");
    var intent = intent(change);

    // when
    runner.close(intent, false, Map.of(), order);

    // then
    assertThat(report(intent).count(Outcome.Applied.class)).isZero();
    runner.send(intent, List.of(change), order);
    assertThat(report(intent).count(Outcome.Refused.class)).isEqualTo(1);
    assertThat(deployment("web").getSpec().getReplicas()).isEqualTo(3);
  }

  @Test
  void withoutItsImageAnOpenIntentIsUnknown() {
    // given
    var intent = intent(change("web"));
    cluster
        .client()
        .apps()
        .controllerRevisions()
        .inNamespace("shop")
        .withName(intent.images().get(0))
        .delete();

    // when
    runner.close(intent, true, Map.of(), order);

    // then
    assertThat(report(intent).lost()).contains(intent.images().get(0), MARK);
    assertThat(told).hasSize(1);
  }

  @Test
  void anApiServerThatDoesNotAnswerIsAskedAgainLater() {
    // given
    var change = change("web");
    var intent = intent(change);
    cluster.refuse("PATCH", "deployments", 503, "ServiceUnavailable", "no leader");

    // when
    runner.send(intent, List.of(change), order);
    cluster.pass(Duration.ofSeconds(1));
    assertThat(runner.progress("plan", intent)).isInstanceOf(Progress.InFlight.class);
    cluster.pass(Duration.ofSeconds(2));

    // then
    assertThat(notKnown(intent)).asString().contains("no leader", "Look at Deployment web.");
    assertThat(notKnown(intent).open()).isTrue();
    assertThat(told).hasSize(1);
  }

  /** Each time it is closed the status is written, so it is not done all the time. */
  @Test
  void whoeverDoesNotAnswerIsAskedLaterAndLater() {
    // given
    var change = change("web");
    var intent = intent(change);
    cluster.refuse("PATCH", "deployments", 503, "ServiceUnavailable", "no leader");
    runner.send(intent, List.of(change), order);
    cluster.pass(Duration.ofSeconds(3));

    // when
    runner.close(intent, true, Map.of(), order);
    cluster.pass(Duration.ofSeconds(3));
    var early = List.copyOf(told);
    cluster.pass(Duration.ofSeconds(2));

    // then
    assertThat(early).hasSize(1);
    assertThat(told).hasSize(2);
    assertThat(notKnown(intent).open()).isTrue();
  }

  @Test
  void whatWasRecordedIsForgotten() {
    // given
    var change = change("web");
    var intent = intent(change);
    runner.send(intent, List.of(change), order);
    cluster.pass(Duration.ofSeconds(1));

    // when
    runner.forget("plan", intent);

    // then
    assertThat(runner.progress("plan", intent)).isInstanceOf(Progress.None.class);
  }

  /** Effects wait for their turn, and for one of them it took too long. */
  @Test
  void whatWouldBeSentTooLateIsNotSent() {
    // given
    var change = change("web");
    var intent = intent(change).withNotAfter(Instant.MIN);

    // when
    runner.send(intent, List.of(change), order);

    // then
    assertThat(report(intent).count(Outcome.NotSent.class)).isEqualTo(1);
    assertThat(deployment("web").getSpec().getReplicas()).isEqualTo(3);
  }

  /** One of two is not known: only that one is closed, and the other one is not forgotten. */
  @Test
  void whatIsKnownStaysKnown() {
    // given
    var web = change("web");
    var gone = change("api");
    var intent = intent(web, gone);
    cluster.client().apps().deployments().inNamespace("shop").withName("api").delete();
    cluster.refuse("PATCH", "deployments/web", 503, "ServiceUnavailable", "no leader");
    runner.send(intent, List.of(web, gone), order);
    cluster.pass(Duration.ofSeconds(3));
    assertThat(notKnown(intent).open()).isTrue();
    cluster.allow();

    // when
    runner.close(intent, false, Map.of(), order);

    // then
    assertThat(report(intent).results())
        .extracting(result -> result.outcome().getClass().getSimpleName())
        .containsExactly("Refused", "Gone");
  }

  /** Another process gave it up, and wrote down what it knew. */
  @Test
  void whatWasRecordedIsNotClosedOnceMore() {
    // given
    var web = change("web");
    var api = change("api");
    var intent = intent(web, api);

    // when
    runner.close(intent, false, Map.of(1, Outcome.Applied.saying("so it was")), order);

    // then
    assertThat(report(intent).results().get(0).outcome()).isInstanceOf(Outcome.Refused.class);
    assertThat(report(intent).results().get(1).outcome())
        .isEqualTo(Outcome.Applied.saying("so it was"));
  }

  private Outcome.Unknown notKnown(Intent intent) {
    return ((Progress.NotKnown) runner.progress("plan", intent))
        .soFar()
        .ended(Outcome.Unknown.class)
        .findFirst()
        .orElseThrow();
  }

  /** Plans of one name in two namespaces have runs of the same id, claim and mark. */
  @Test
  void whatIsKnownOfOnePlanIsNotTakenForAnotherPlans() {
    // given
    var change = change("web");
    var intent = intent(change);

    // when
    runner.send(intent, List.of(change), order);

    // then
    assertThat(report(intent).count(Outcome.Applied.class)).isEqualTo(1);
    assertThat(runner.progress("another", intent)).isInstanceOf(Progress.None.class);
  }
}
