package dev.backstep.rollbackplan;

import static dev.backstep.simulation.MemoryCluster.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.StableCandidate;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.measure.Reading;
import dev.backstep.resource.Rest;
import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A plan's passes against an API server in memory. */
class PlanLoopTest {
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
        - name: back
          actions:
          - name: image
            timeout: 2m
            rollBack:
              workloads: [{kind: Deployment, name: web}]
              to: {images: [{container: app, image: 'app:v1'}]}
        - name: more
          actions: [{name: again, restart: {workloads: [{kind: Deployment, name: web}]}}]
        stable: {workloads: [{kind: Deployment, name: web}], soak: 15m}
      """;

  private final MemoryCluster cluster = new MemoryCluster();

  @BeforeEach
  void shop() {
    cluster.givenDeployment("web", 1, "app:v2");
    cluster.given("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}");
    cluster.given(PLAN);
    cluster.gates(Reading.red("503"));
  }

  private Rest<RollbackPlan> pass() {
    return cluster.bean(PlanLoop.class).run(cluster.plan(), cluster::put);
  }

  private void asks(String id, String more) {
    cluster.edit(
        "run: {id: %s, reason: broken, requestedBy: alice, entry: Always, %s}"
            .formatted(id, more.contains("state: ") ? more : "state: Running, " + more));
  }

  private RunStatus run() {
    return cluster.plan().getStatus().run();
  }

  private Optional<Condition> condition(String type) {
    return cluster.plan().getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst();
  }

  private String said(String type) {
    return condition(type).map(Condition::getMessage).orElse("");
  }

  private List<String> events(String reason) {
    cluster.pass(Duration.ofSeconds(1));
    return cluster.names("events").stream()
        .map(name -> cluster.find(Event.class, "events", name).orElseThrow())
        .filter(event -> event.getReason().equals(reason))
        .map(Event::getMessage)
        .toList();
  }

  @Test
  void whatWasDueByNowIsNotWaitedForAgainAndAgain() {
    // given
    pass();
    var status =
        cluster
            .plan()
            .getStatus()
            .withStableCandidate(
                new StableCandidate(
                    "bs-stable-1", cluster.clock().instant().minusSeconds(3600), null));
    var plan = cluster.plan();
    plan.setStatus(status);
    cluster.put(plan);

    // when
    var undecided = pass();
    cluster.edit("suspend: true");
    pass();
    var suspended = pass();

    // then
    assertThat(undecided.pause()).isGreaterThan(Duration.ofSeconds(9));
    assertThat(suspended.pause()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void anImageThatMayNotBeWrittenFailsTheActionAndAsks() {
    // given
    asks("INC-1", "levels: [back]");
    refuseImages(403, "Forbidden", "exceeded quota: records, requested: 1");

    // when
    pass();

    // then
    assertThat(run().phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(run().reason()).isEqualTo(Reasons.ACTION_FAILED);
    assertThat(run().message())
        .contains("Nothing was changed", "could not be kept", "exceeded quota: records");
    assertThat(image()).isEqualTo("app:v2");
  }

  /** Refuses what is created after the claim. */
  private void refuseImages(int code, String reason, String message) {
    cluster.refuse("POST", "bs-img-", code, reason, message);
  }

  private String image() {
    return cluster
        .find(Deployment.class, "deployments", "web")
        .orElseThrow()
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .get(0)
        .getImage();
  }

  @Test
  void anImageThatCannotBeWrittenForNowHasTheActionsTimeToGetThere() {
    // given
    asks("INC-1", "levels: [back]");
    refuseImages(503, "ServiceUnavailable", "etcd has no leader");

    // when
    var failed = pass();

    // then
    assertThat(failed.pause()).isEqualTo(Duration.ofSeconds(5));
    assertThat(action().startedAt()).isNotNull();
    assertThat(said(ConditionTypes.HELD_UP))
        .contains("etcd has no leader", "tried again every 5 s");

    cluster.pass(Duration.ofMinutes(2));
    pass();
    assertThat(run().phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(run().message()).contains("not done within its timeout");
    assertThat(condition(ConditionTypes.HELD_UP)).isEmpty();
  }

  private ActionStatus action() {
    return run().levels().get(0).actions().get(0);
  }

  @Test
  void anImageThatCanBeWrittenAgainGoesOn() {
    // given
    asks("INC-1", "levels: [back]");
    refuseImages(503, "ServiceUnavailable", "etcd has no leader");
    pass();

    // when
    cluster.allow();
    pass();
    cluster.pass(Duration.ofSeconds(1));

    // then
    assertThat(image()).isEqualTo("app:v1");
    assertThat(condition(ConditionTypes.HELD_UP)).isEmpty();
  }

  @Test
  void anImageThatIsDeletedWhileItIsFoundToExistIsKeptAtTheNextPass() {
    // given
    asks("INC-1", "levels: [back]");
    refuseImages(409, "AlreadyExists", "it exists already");

    // when
    var rest = pass();

    // then
    assertThat(rest.pause()).isEqualTo(Duration.ofSeconds(1));

    cluster.allow();
    pass();
    cluster.pass(Duration.ofSeconds(1));
    assertThat(image()).isEqualTo("app:v1");
  }

  /** A process that starts with an old cache; what was forbidden leaves no trace on the target. */
  @Test
  void anEffectIsNotSentAgainByWhoSeesAnOldStatus() {
    // given
    asks("INC-1", "levels: [back]");
    cluster.refuse("PATCH", "deployments/web", 403, "Forbidden", "not this one");
    pass();
    var old = cluster.plan();
    cluster.pass(Duration.ofSeconds(1));
    pass();
    cluster.allow();

    // when
    var rest = cluster.bean(PlanLoop.class).run(old, cluster::put);
    cluster.pass(Duration.ofSeconds(1));

    // then
    assertThat(old.getStatus().run().intent()).isNotNull();
    assertThat(run().phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(rest.pause()).isEqualTo(Duration.ofSeconds(1));
    assertThat(image()).isEqualTo("app:v2");
  }

  @Test
  void aClaimThatMayNotBeWrittenEndsTheRunAndSaysWhy() {
    // given
    asks("INC-1", "levels: [back]");
    cluster.refuse("POST", "bs-run-", 403, "Forbidden", "no quota for records");

    // when
    pass();

    // then
    assertThat(run().phase()).isEqualTo(Phase.Failed);
    assertThat(run().message()).contains("no quota for records", "Nothing was touched");
  }

  @Test
  void aClaimThatCannotBeWrittenForNowIsSaidOnThePlan() {
    // given
    asks("INC-1", "levels: [back]");
    cluster.refuse("POST", "bs-run-", 503, "ServiceUnavailable", "etcd has no leader");

    // when
    pass();

    // then
    assertThat(run().phase()).isEqualTo(Phase.Pending);
    assertThat(said(ConditionTypes.HELD_UP)).contains("etcd has no leader");
  }

  @Test
  void howLongARunCouldSayNothingIsSaidAfterwards() {
    // given
    asks("INC-1", "levels: [back]");
    cluster.refuse("PUT", "rollbackplans", 503, "ServiceUnavailable", "etcd has no leader");
    pass();
    cluster.pass(Duration.ofSeconds(90));
    pass();
    assertThat(cluster.plan().getStatus()).isNull();

    // when
    cluster.refuse("PUT", "nothing", 503, "", "");
    cluster.pass(Duration.ofSeconds(30));
    pass();
    pass();
    cluster.pass(Duration.ofSeconds(1));

    // then
    assertThat(events(Reasons.API_REQUEST_FAILED))
        .singleElement()
        .asString()
        .startsWith("The API server did not do what the operator asked for 120 s, from ");
  }

  /** Whoever reads them has fewer to read, and the API server fewer to keep. */
  @Test
  void stepsThatFollowEachOtherAtOnceAreOneEvent() {
    // given
    asks("INC-1", "levels: [back]");

    // when
    pass();

    // then
    assertThat(run().intent()).isNotNull();
    assertThat(run().seq()).isEqualTo(3);
    assertThat(events(Reasons.EFFECT_INTENDED))
        .singleElement()
        .asString()
        .startsWith("Run INC-1: ")
        .contains(
            cluster.plan().getStatus().transitions().stream()
                .map(Transition::message)
                .toArray(String[]::new));
    assertThat(cluster.names("events")).hasSize(1);
  }

  /** A human who filters for warnings sees what is alarming by itself. */
  @Test
  void whatIsAlarmingIsAnEventOfItsOwn() {
    // given
    asks("INC-1", "levels: [back]");
    refuseImages(403, "Forbidden", "exceeded quota: records, requested: 1");

    // when
    pass();

    // then
    assertThat(events(Reasons.ACTION_FAILED))
        .hasSize(2)
        .allMatch(said -> said.contains("exceeded quota"))
        .contains("Run INC-1: " + run().message());
  }

  @Test
  void aPlanAtRestSaysNothingOfWhatItDidNotMiss() {
    // given
    cluster.refuse("PUT", "rollbackplans", 503, "ServiceUnavailable", "etcd has no leader");
    pass();

    // when
    cluster.refuse("PUT", "nothing", 503, "", "");
    cluster.pass(Duration.ofSeconds(30));
    pass();
    cluster.pass(Duration.ofSeconds(1));

    // then
    assertThat(events(Reasons.API_REQUEST_FAILED)).isEmpty();
  }

  /** Said once; the same words again are no write. */
  @Test
  void aPassThatFailsTheSameWayWritesNothing() {
    // given
    asks("INC-1", "levels: [back]");
    cluster.refuse("POST", "bs-run-", 503, "ServiceUnavailable", "etcd has no leader");
    pass();
    cluster.requests();

    // when
    pass();

    // then
    assertThat(cluster.requests()).noneMatch(request -> request.startsWith("PUT"));
  }

  @Test
  void aRunOfASymptomThatThePlanDoesNotHaveIsRefused() {
    // given
    asks("INC-1", "symptom: Nothing");

    // when
    pass();

    // then
    assertThat(run()).isNull();
    assertThat(said(ConditionTypes.RUN_REFUSED)).contains("the plan has no symptom Nothing");
    assertThat(events(Reasons.RUN_REFUSED)).singleElement().asString().contains("no symptom");
    assertThat(condition(ConditionTypes.READY).orElseThrow().getReason())
        .isNotEqualTo(Reasons.INVALID_PLAN);
  }

  @Test
  void aRunOfASuspendedPlanSaysThatItWaits() {
    // given
    cluster.edit("suspend: true");
    asks("INC-1", "levels: [back]");

    // when
    pass();

    // then
    assertThat(run()).isNull();
    assertThat(said(ConditionTypes.RUN_WAITING))
        .contains("Run INC-1 waits, because spec.suspend is true");

    cluster.edit("suspend: false");
    pass();
    assertThat(run().id()).isEqualTo("INC-1");
    assertThat(condition(ConditionTypes.RUN_WAITING)).isEmpty();
  }

  @Test
  void aSuspendedPlanIsNotCheckedAndKeepsWhatWasKnown() {
    // given
    pass();
    var ready = condition(ConditionTypes.READY);
    cluster.edit("suspend: true");
    cluster.requests();

    // when
    pass();

    // then
    assertThat(condition(ConditionTypes.READY).map(Condition::getStatus))
        .isEqualTo(ready.map(Condition::getStatus));
    assertThat(cluster.requests()).noneMatch(request -> request.contains("reviews"));
  }

  /** Where the rule of the CRD was passed. */
  @Test
  void anotherRunWhileOneIsOpenIsRefusedForEver() {
    // given
    asks("INC-1", "levels: [back]");
    pass();

    // when
    asks("INC-2", "levels: [more]");
    pass();

    // then
    assertThat(run().id()).isEqualTo("INC-1");
    assertThat(cluster.plan().getStatus().refused()).containsExactly("INC-2");
    assertThat(events(Reasons.RUN_REFUSED)).singleElement().asString().contains("INC-1 is open");
  }

  @Test
  void theLevelsOfARunAreInThePlansOrder() {
    asks("INC-1", "levels: [more, back]");
    pass();

    assertThat(run().levels()).extracting(LevelStatus::name).containsExactly("back", "more");
  }

  /** A human's run is over, and its wish stands in the spec while a trigger starts the next one. */
  @Test
  void aWishThatWasCarriedOutIsNotRefusedAfterATriggeredRun() {
    // given
    asks("INC-1", "levels: [back]");
    pass();
    ended("INC-1", "alice");

    // when
    ended("nightly-1", "trigger:nightly");
    pass();

    // then
    assertThat(condition(ConditionTypes.RUN_REFUSED)).isEmpty();
    assertThat(cluster.plan().getStatus().refused()).isEmpty();
  }

  /** Somebody set an old id on purpose. */
  @Test
  void anIdThatWasUsedBeforeIsRefused() {
    // given
    asks("INC-1", "levels: [back]");
    pass();
    ended("INC-1", "alice");

    // when
    ended("INC-2", "alice");
    pass();

    // then
    assertThat(said(ConditionTypes.RUN_REFUSED)).contains("Run INC-1 is not carried out");
  }

  /** Its namespace was deleted and made again, under the same process. */
  @Test
  void aClaimThatIsGoneRefusesNothing() {
    // given
    asks("INC-1", "levels: [back]");
    pass();
    ended("INC-1", "alice");

    // when
    var claim = run().claim();
    cluster.client().apps().controllerRevisions().inNamespace(NAMESPACE).withName(claim).delete();
    ended("INC-2", "alice");
    pass();

    // then
    assertThat(run().id()).isEqualTo("INC-1");
    assertThat(run().active()).isTrue();
  }

  private void ended(String id, String requestedBy) {
    var plan = cluster.plan();
    var run =
        plan.getStatus()
            .run()
            .with()
            .id(id)
            .requestedBy(requestedBy)
            .phase(Phase.Recovered)
            .active(false)
            .intent(null)
            .build();
    plan.setStatus(plan.getStatus().withRun(run));
    cluster.put(plan);
  }

  @Test
  void aStateThatAnEndedRunCannotTakeIsSaidOnce() {
    // given
    asks("INC-1", "levels: [back]");
    pass();
    ended("INC-1", "alice");

    // when
    asks("INC-1", "levels: [back], stateBy: alice, state: Paused");
    pass();
    pass();

    // then
    assertThat(events(Reasons.STATE_WITHOUT_EFFECT))
        .containsExactly("State Paused changes nothing: run INC-1 ended before as Recovered.");
  }

  @Test
  void aReleaseOfAnOpenRunIsSaid() {
    // given
    asks("INC-1", "levels: [back]");
    pass();

    // when
    asks("INC-1", "levels: [back], stateBy: alice, state: Released");
    pass();

    // then
    assertThat(events(Reasons.STATE_WITHOUT_EFFECT))
        .singleElement()
        .asString()
        .contains("while run INC-1 is open");
  }

  @Test
  void anAnswerOfAPausedRunIsNotStale() {
    // given
    asks("INC-1", "levels: [back]");
    refuseImages(403, "Forbidden", "no");
    pass();
    asks("INC-1", "levels: [back], stateBy: alice, state: Paused");
    pass();

    // when
    var question = run().question().id();
    asks(
        "INC-1",
        "levels: [back], stateBy: alice, state: Paused, answer: {question: %s, choice: Retry, by: bob}"
            .formatted(question));
    pass();

    // then
    assertThat(run().question().id()).isEqualTo(question);
    assertThat(events(Reasons.ANSWER_STALE)).isEmpty();

    cluster.allow();
    asks(
        "INC-1",
        "levels: [back], stateBy: alice, state: Running, answer: {question: %s, choice: Retry, by: bob}"
            .formatted(question));
    pass();
    assertThat(run().answered()).isEqualTo(question);
  }

  @Test
  void anAnswerToAnotherQuestionIsStale() {
    // given
    asks("INC-1", "levels: [back]");
    refuseImages(403, "Forbidden", "no");
    pass();

    // when
    asks("INC-1", "levels: [back], answer: {question: q-99, choice: Retry, by: bob}");
    pass();
    pass();

    // then
    assertThat(events(Reasons.ANSWER_STALE)).singleElement().asString().contains("q-99");
  }
}
