package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.status.StableCandidate;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.database.Schemas.Schema;
import dev.backstep.database.SimulatedSchemas;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.rollbackplan.view.Checks;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import dev.backstep.runbook.GateLimits;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.stable.StableRevisions;
import dev.backstep.testing.PlanYaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What counts as proven good, and what does not. */
class StableTrackerTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Reading GREEN = Reading.green("ok");
  private static final String WEB =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replicas: 1
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            containers: [{name: app, image: '%s'}]
            volumes: [{name: settings, configMap: {name: settings}}]
      status:
        observedGeneration: 99
        replicas: 1
        updatedReplicas: 1
        readyReplicas: %d
        availableReplicas: 1
      """;
  private static final String PLAN =
      """
      serviceAccountName: runner
      gates:
      - {name: api, use: Health, interval: 10s, consecutiveSuccessLimit: 1,
         consecutiveFailureLimit: 1, consecutiveErrorLimit: 1,
         workload: {kind: Deployment, name: web}}
      levels: [{name: back, actions: []}]
      stable: {workloads: [{kind: Deployment, name: web}], soak: 15m, keep: 2}
      """;

  private final MemoryCluster cluster = new MemoryCluster();
  private String plan = PLAN;
  private CompletableFuture<Schema> schema =
      CompletableFuture.completedFuture(new Schema("41", null));
  private final StableTracker tracker =
      new StableTracker(
          cluster.bean(StableRevisions.class),
          cluster.bean(WorkloadLookup.class),
          new SchemaQuestions(
              SimulatedSchemas.answering(() -> schema), cluster.bean(PlanWakeups.class)));
  private RollbackPlanStatus status = RollbackPlanStatusBuilder.builder().build();
  private Map<String, Streak> gates;

  @BeforeEach
  void healthy() {
    deployed("app:v1");
    measured(GREEN);
  }

  private void deployed(String image) {
    cluster.given(WEB.formatted(image, 1));
  }

  private void measured(Reading... readings) {
    var streak = Streak.startedAt(NOON);
    for (var reading : readings) {
      streak = streak.and(reading, GateLimits.of(PlanYaml.spec(PLAN).gates().get(0)), NOON);
    }
    gates = Map.of("api", streak);
  }

  private PlanView view(Instant now) {
    var plan = new RollbackPlan();
    plan.getMetadata().setName("web");
    plan.getMetadata().setUid("uid-of-web");
    plan.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    plan.setSpec(PlanYaml.spec(this.plan));
    plan.setStatus(status);
    return new PlanView(
        plan, now, List.of(), Checks.NOTHING, gates, null, List.of(), false, List.of());
  }

  /** Looks so many minutes after noon. */
  private RollbackPlanStatus look(int minutes) {
    status = tracker.track(view(NOON.plusSeconds(minutes * 60L)));
    return status;
  }

  private Instant soakEnd() {
    return StableTracker.soakEnd(view(NOON).plan());
  }

  @Test
  void whatStaysHealthyForTheSoakIsRemembered() {
    // given
    look(0);

    // when
    var early = look(14);
    var proven = look(15);

    // then
    assertThat(early.stable()).isEmpty();
    assertThat(proven.stable())
        .singleElement()
        .satisfies(it -> assertThat(it.summary()).contains("app:v1"));
    assertThat(proven.stableCandidate()).isNull();
    assertThat(cluster.names("controllerrevisions")).containsExactly(proven.stable().get(0).name());
  }

  @Test
  void theSameStateIsRememberedOnce() {
    look(0);
    look(15);

    assertThat(look(16).stableCandidate()).isNull();
    assertThat(look(40).stable()).hasSize(1);
  }

  @Test
  void theOldestIsDropped() {
    // given
    for (var version : List.of("app:v1", "app:v2", "app:v3")) {
      deployed(version);
      look(0);
      look(15);
    }

    // then
    assertThat(status.stable()).hasSize(2);
    assertThat(status.stable().get(0).summary()).contains("app:v3");
    assertThat(cluster.names("controllerrevisions")).hasSize(2);
  }

  @Test
  void anotherStateBeginsAnew() {
    // given
    look(0);

    // when
    deployed("app:v2");
    look(10);

    // then
    assertThat(soakEnd()).isEqualTo(NOON.plusSeconds(25 * 60));
    assertThat(look(20).stable()).isEmpty();
  }

  @Test
  void redForAMomentBeginsAnew() {
    // given
    look(0);

    // when
    measured(Reading.red("503"));
    var red = look(10);

    // then
    assertThat(red.stableCandidate()).isNull();
    measured(GREEN);
    assertThat(look(15).stable()).isEmpty();
  }

  @Test
  void whatCannotBeMeasuredIsNotProven() {
    look(0);
    measured(Reading.error("no such host"));

    assertThat(look(15).stableCandidate()).isNull();
  }

  /** Its soak is over and there is no verdict: nothing is proven, and nothing given up. */
  @Test
  void whileGatesHaveNoVerdictNothingChanges() {
    // given
    var before = look(0);

    // when
    measured();

    // then
    assertThat(look(20)).isSameAs(before);
  }

  @Test
  void aSuspendedPlanKeepsItsCandidateAndProvesNothing() {
    // given
    var before = look(0);

    // when
    gates = Map.of();

    // then
    assertThat(look(20)).isSameAs(before);
  }

  /** A new process did not see what was before it. */
  @Test
  void whatWasNotMeasuredFromTheBeginningBeginsAnew() {
    // given
    status = status.withStableCandidate(new StableCandidate(named(), NOON.minusSeconds(900), null));

    // when
    var after = look(1);

    // then
    assertThat(after.stable()).isEmpty();
    assertThat(after.stableCandidate().since()).isEqualTo(NOON.plusSeconds(60));
  }

  private String named() {
    var name = look(0).stableCandidate().name();
    status = status.withStableCandidate(null);
    return name;
  }

  @Test
  void aRollOutUnderWayIsNotStable() {
    look(0);
    cluster.given(WEB.formatted("app:v1", 0));

    assertThat(look(15).stableCandidate()).isNull();
    assertThat(status.stable()).isEmpty();
  }

  @Test
  void nothingIsRememberedWhileARunIsOpen() {
    // given
    look(0);

    // when
    var run = RunStatusBuilder.builder().id("INC-1").phase(Phase.Soaking).active(true).build();
    status = status.withRun(run);

    // then
    assertThat(look(15).stableCandidate()).isNull();
    assertThat(status.stable()).isEmpty();
  }

  /** It is not what the team deployed. */
  @Test
  void nothingIsRememberedWhileSomethingIsHeld() {
    // given
    look(0);

    // when
    status =
        status.withHolds(
            List.of(
                new Hold(
                    "INC-1", "bs-run-1", "stop", "scale", "Deployment", "worker", "3", "0", NOON)));

    // then
    assertThat(look(15).stableCandidate()).isNull();
    assertThat(status.stable()).isEmpty();
  }

  @Test
  void whatDoesNotFitIntoOneObjectIsSaidAndNotRemembered() {
    // given
    settings("x".repeat(1_000_000));

    // when
    look(0);
    var after = look(20);

    // then
    assertThat(after.stable()).isEmpty();
    assertThat(after.stableCandidate().problem()).contains("larger than 1 MB together");
    assertThat(soakEnd()).isNull();
  }

  private void settings(String text) {
    cluster.given(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {file: '%s'}"
            .formatted(text));
  }

  /** How often the ConfigMap was read since the last call. */
  private long read() {
    return cluster.requests().stream().filter(it -> it.contains("configmaps")).count();
  }

  @Test
  void whileNothingChangesTheConfigMapsAreReadEveryFiveMinutes() {
    // given
    look(0);
    look(15);
    read();

    // when
    IntStream.range(16, 76).forEach(this::look);

    // then
    assertThat(read()).isEqualTo(12);
  }

  @Test
  void aNewTemplateHasTheConfigMapsReadAtOnce() {
    // given
    look(0);
    look(15);
    read();

    // when
    deployed("app:v2");
    look(16);

    // then
    assertThat(read()).isEqualTo(1);
    assertThat(status.stableCandidate().since()).isEqualTo(NOON.plusSeconds(16 * 60));
  }

  /** What is kept is what is there when the soak ends, not what was there four minutes ago. */
  @Test
  void aConfigMapThatChangedJustBeforeTheEndIsNotProven() {
    // given
    settings("good");
    look(0);
    look(14);

    // when
    settings("broken");
    look(15);

    // then
    assertThat(status.stable()).isEmpty();
    assertThat(status.stableCandidate().since()).isEqualTo(NOON.plusSeconds(15 * 60));
  }

  /** The candidate was given up; what was read before that says nothing about a new one. */
  @Test
  void aSoakBeginsWithWhatIsThereThen() {
    // given
    settings("good");
    look(0);
    var good = status.stableCandidate().name();
    measured(Reading.red("503"));
    look(1);

    // when
    cluster.pass(Duration.ofSeconds(2));
    settings("better");
    measured(GREEN);
    look(3);

    // then
    assertThat(status.stableCandidate().name()).isNotEqualTo(good);
  }

  @Test
  void whatIsGoneIsForgotten() {
    // given
    look(0);
    look(15);
    read();

    // when
    tracker.forget("uid-of-web");
    look(16);

    // then
    assertThat(read()).isEqualTo(1);
  }

  // spec.stable.schema

  private void withSchema() {
    plan =
        PLAN.replace("keep: 2", "keep: 2, schema: {databaseRef: {name: db}, query: 'SELECT 41'}");
  }

  @Test
  void theSchemaIsKeptWithTheState() {
    // given
    withSchema();
    look(0);

    // when
    var kept = look(15).stable().get(0);

    // then
    var content = cluster.bean(StableRevisions.class).read(MemoryCluster.NAMESPACE, kept);
    assertThat(content.orElseThrow().schema()).isEqualTo("41");
  }

  @Test
  void anotherSchemaIsAnotherState() {
    // given
    withSchema();
    look(0);

    // when
    schema = CompletableFuture.completedFuture(new Schema("42", null));
    look(15);

    // then
    assertThat(status.stable()).as("the soak begins anew").isEmpty();
    assertThat(status.stableCandidate().since()).isEqualTo(NOON.plusSeconds(15 * 60L));
  }

  @Test
  void untilTheDatabaseHasAnsweredNothingIsSaid() {
    // given
    withSchema();
    schema = new CompletableFuture<>();

    // when
    assertThat(look(0).stableCandidate()).isNull();
    schema.complete(new Schema("41", null));

    // then
    assertThat(look(1).stableCandidate()).isNotNull();
  }

  @Test
  void aStateOfWhichTheSchemaIsNotKnownIsNotRemembered() {
    // given
    withSchema();
    schema = CompletableFuture.completedFuture(new Schema(null, "No route."));

    // when
    var said = look(0).stableCandidate();
    look(20);

    // then
    assertThat(said.problem()).endsWith("so this state is not remembered: No route.");
    assertThat(status.stable()).isEmpty();
    schema = CompletableFuture.completedFuture(new Schema("41", null));
    look(26);
    look(41);
    assertThat(status.stable()).hasSize(1);
  }
}
