package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.journal.MemoryTable;
import dev.backstep.measure.Reading;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.simulation.SdkContext;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A plan that is deleted while its run holds something. */
class DeletionTest {
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web, finalizers: [backstep.dev/rollbackplan]}
      spec:
        serviceAccountName: runner
        gates:
        - {name: api, interval: 10s, within: 60s, http: {service: {name: web, port: 80}}}
        levels:
        - name: stop
          actions:
          - {name: stop, scale: {workloads: [{kind: Deployment, name: worker}], replicas: 0}}
        run: {id: INC-1, reason: broken, requestedBy: alice, entry: Always, levels: [stop]}
      """;

  private final MemoryTable journal = new MemoryTable();
  private final MemoryCluster cluster = new MemoryCluster(journal);
  private UnaryOperator<RollbackPlan> put = cluster::put;

  @BeforeEach
  void held() {
    cluster.givenDeployment("worker", 2, "app:v1");
    cluster.given("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}");
    cluster.given(PLAN);
    cluster.gates(Reading.red("503"));
    for (var pass = 0; pass < 3; pass++) {
      reconciler().reconcile(cluster.plan(), context());
      cluster.pass(Duration.ofSeconds(2));
    }
    assertThat(cluster.plan().getStatus().holds()).hasSize(1);
    cluster.delete();
  }

  private RollbackPlanReconciler reconciler() {
    return cluster.bean(RollbackPlanReconciler.class);
  }

  private Context<RollbackPlan> context() {
    return SdkContext.writing(plan -> put.apply(plan));
  }

  private DeleteControl pass() {
    return reconciler().cleanup(cluster.plan(), context());
  }

  /** Passes, as the reconciler asks for them, until the finalizer goes; then how long it took. */
  private Duration untilGone() {
    var begin = cluster.clock().instant();
    for (var control = pass(); !control.isRemoveFinalizer(); control = pass()) {
      cluster.pass(Duration.ofMillis(control.getScheduleDelay().orElse(1000L)));
      assertThat(elapsed(begin)).isLessThan(Duration.ofMinutes(3));
    }
    return elapsed(begin);
  }

  private Duration elapsed(Instant begin) {
    return Duration.between(begin, cluster.clock().instant());
  }

  private List<String> events() {
    cluster.pass(Duration.ofSeconds(1));
    return cluster.names("events").stream()
        .map(name -> cluster.find(Event.class, "events", name).orElseThrow())
        .filter(event -> event.getType().equals("Warning"))
        .map(Event::getMessage)
        .toList();
  }

  private int replicas() {
    return cluster
        .find(Deployment.class, "deployments", "worker")
        .orElseThrow()
        .getSpec()
        .getReplicas();
  }

  @Test
  void givesBackWhatItHolds() {
    assertThat(untilGone()).isLessThan(Duration.ofSeconds(20));
    assertThat(replicas()).isEqualTo(2);
    assertThat(cluster.plan().getStatus().holds()).isEmpty();
    assertThat(events()).isEmpty();
  }

  /** As after a restore from a backup, which has no status. */
  @Test
  void givesBackWhatItHoldsAlsoWhenItsStatusWasWiped() {
    // given
    var plan = cluster.plan();
    plan.setStatus(null);
    cluster.put(plan);

    // when
    var took = untilGone();

    // then
    assertThat(took).isLessThan(Duration.ofSeconds(20));
    assertThat(replicas()).isEqualTo(2);
  }

  @Test
  void leavesNoImages() {
    untilGone();

    assertThat(cluster.names("controllerrevisions")).allMatch(name -> name.startsWith("bs-run-"));
  }

  /** Nothing can be recorded there any more, and nothing could be started. */
  @Test
  void doesNotKeepANamespaceThatIsBeingDeleted() {
    // given
    cluster.terminate();

    // then
    assertThat(untilGone()).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void goesAfterAMinuteWhenNothingCanBeRecorded() {
    // given
    cluster.refuse("POST", "controllerrevisions", 403, "Forbidden", "exceeded quota");

    // then
    assertThat(untilGone()).isBetween(Duration.ofSeconds(55), Duration.ofSeconds(65));
    assertThat(events())
        .anySatisfy(
            event ->
                assertThat(event)
                    .contains("Deployment worker (2 -> 0")
                    .contains("kubectl -n shop scale deployment/worker --replicas=2"));
  }

  @Test
  void goesAfterAMinuteWhenTheApiServerIsAway() {
    // given
    cluster.refuse("POST", "controllerrevisions", 503, "ServiceUnavailable", "no leader");

    // then
    assertThat(untilGone()).isBetween(Duration.ofSeconds(55), Duration.ofSeconds(65));
  }

  @Test
  void goesAfterAMinuteWhateverIsThrown() {
    // given
    put =
        plan -> {
          throw new IllegalStateException("a defect");
        };
    cluster.pass(Duration.ofSeconds(61));

    // then
    assertThat(pass().isRemoveFinalizer()).isTrue();
  }

  @Test
  void goesAfterAMinuteWhenItsStatusCannotBeWritten() {
    // given
    put =
        plan -> {
          throw new KubernetesClientException("refused", 403, null);
        };

    // then
    assertThat(untilGone()).isBetween(Duration.ofSeconds(55), Duration.ofSeconds(65));
  }

  @Test
  void aRunThatEndedStaysEnded() {
    untilGone();

    assertThat(cluster.plan().getStatus().run())
        .extracting(RunStatus::phase)
        .isEqualTo(Phase.Released);
  }

  /** What is not in the journal when the plan goes is nowhere. */
  @Test
  void waitsUntilTheJournalHasEveryStep() {
    // given
    journal.away(true);
    for (var pass = 0; pass < 30; pass++) {
      assertThat(pass().isRemoveFinalizer()).isFalse();
      cluster.pass(Duration.ofSeconds(1));
    }

    // when
    journal.away(false);

    // then
    assertThat(untilGone()).isLessThan(Duration.ofSeconds(10));
    var plan = cluster.plan();
    var last = plan.getStatus().run().seq();
    assertThat(journal.rows()).contains(plan.getMetadata().getUid() + " " + last);
  }

  @Test
  void goesAfterAMinuteWithoutTheJournalAndSaysSo() {
    // given
    journal.away(true);

    // then
    assertThat(untilGone()).isBetween(Duration.ofSeconds(55), Duration.ofSeconds(65));
    assertThat(events()).singleElement().asString().contains("before the journal had every step");
  }
}
