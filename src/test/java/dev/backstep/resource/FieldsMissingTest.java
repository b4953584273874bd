package dev.backstep.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.action.restart.RestartExecutor;
import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.action.Restart;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.cluster.Access.Right;
import dev.backstep.dbrestore.RestoreLoop;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import dev.backstep.restore.RestoreChecks;
import dev.backstep.restore.Restoring;
import dev.backstep.restore.Stand;
import dev.backstep.rollbackplan.PlanLoop;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.synccontrol.SyncLoop;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of objects whose CRD is older than the operator, so that fields are dropped. */
class FieldsMissingTest {
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
          approval: {approvers: 1}
          actions: [{name: again, restart: {workloads: [{kind: Deployment, name: web}]}}]
        run: {id: INC-1, reason: broken, requestedBy: alice, entry: Always, state: Running, levels: [back]}
      """;

  private static final String RESTORE =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: DbRestore
      metadata: {name: orders, finalizers: [backstep.dev/dbrestore]}
      spec:
        serviceAccountName: runner
        reason: orders are lost
        requestedBy: alice
        mode: Drill
        target: {databaseRef: {name: orders-admin}}
        source: {from: {volume: {claimName: backups}}, path: orders.dump}
        verify: [{name: orders, query: SELECT count(*) FROM orders, successCondition: value == 100}]
      """;

  private static final String SYNC =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: mail, finalizers: [backstep.dev/synccontrol]}
      spec:
        serviceAccountName: runner
        state: Disabled
        means: [{name: workers, scale: {workloads: [{kind: Deployment, name: web}], replicas: 0}}]
      """;

  private final MemoryCluster cluster = new MemoryCluster();

  /** A restart that is made ready, by itself, before people are asked. */
  static final class Prepared extends RestartExecutor {
    Prepared(WorkloadTargets targets) {
      super(targets);
    }

    @Override
    public CompletionStage<Step> prepare(Restart action, ActionScope scope) {
      return next(action, scope);
    }
  }

  /** A restore that could be done. */
  static final class NothingWrong extends RestoreChecks {
    NothingWrong() {
      super(null, null, null);
    }

    @Override
    public List<Right> rights(DbRestoreAction restore, ActionScope scope) {
      return List.of();
    }

    @Override
    public CompletionStage<List<Problem>> problems(DbRestoreAction restore, ActionScope scope) {
      return CompletableFuture.completedStage(List.of());
    }
  }

  /** A restore that is under way for ever. */
  static final class Loading extends Restoring {
    Loading() {
      super(null, null, null, null, null);
    }

    @Override
    public CompletionStage<Stand> proven(DbRestoreAction restore, ActionScope scope) {
      var step = Step.of(new Work.Rolling("It is being loaded.", Duration.ofSeconds(1)));
      return CompletableFuture.completedStage(
          new Stand(RestorePhase.Restoring, step, Optional.empty()));
    }
  }

  @BeforeEach
  void shop() {
    cluster.givenDeployment("web", 1, "app:v2");
    cluster.given("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}");
    cluster.gates(Reading.red("503"));
    cluster.refuse("POST", "/approvals", 403, "Forbidden", "it is not signed");
    cluster.replace(RestartExecutor.class, Prepared.class);
    cluster.replace(RestoreChecks.class, NothingWrong.class);
    cluster.replace(Restoring.class, Loading.class);
  }

  private RollbackPlan plan() {
    return cluster.plan();
  }

  private void plans() {
    cluster.bean(PlanLoop.class).run(plan(), cluster::put);
  }

  private DbRestore restore() {
    return cluster.find(DbRestore.class, "dbrestores", "orders").orElseThrow();
  }

  private void restores() {
    cluster
        .bean(RestoreLoop.class)
        .run(restore(), it -> cluster.client().resource(it).updateStatus());
  }

  private SyncControl sync() {
    return cluster.find(SyncControl.class, "synccontrols", "mail").orElseThrow();
  }

  private void syncs() {
    cluster.bean(SyncLoop.class).run(sync(), it -> cluster.client().resource(it).updateStatus());
  }

  /** How often a status is written while something wakes an object each second. */
  private long writes(Runnable pass, Duration during) {
    cluster.requests();
    for (var second = 0; second < during.toSeconds(); second++) {
      pass.run();
      cluster.pass(Duration.ofSeconds(1));
    }
    return cluster.requests().stream().filter(it -> it.startsWith("PUT")).count();
  }

  private static Optional<Condition> heldUp(List<Condition> conditions) {
    return conditions.stream().filter(it -> it.getType().equals(ConditionTypes.HELD_UP)).findAny();
  }

  private static void saysWhatIsMissing(List<Condition> conditions, String kind, String field) {
    var heldUp = heldUp(conditions).orElseThrow();
    assertThat(heldUp.getReason()).isEqualTo(Reasons.FIELDS_MISSING);
    assertThat(heldUp.getMessage())
        .contains(
            "CustomResourceDefinition of %s is of another version: it does not have %s, so"
                .formatted(kind, field),
            "kubectl apply --server-side -f deploy/crds",
            "the %s goes on by one step at most with each try. It is tried again every 60 s."
                .formatted(kind));
  }

  @Test
  void aPlanSaysWhatWasDroppedAndTriesOnceAMinute() {
    // given
    cluster.given(PLAN);
    cluster.prune("rollbackplans", "status.run.levels.actions.preparing");
    plans();
    var since = heldUp(plan().getStatus().conditions()).orElseThrow().getLastTransitionTime();

    // when
    var written = writes(this::plans, Duration.ofMinutes(5));

    // then
    assertThat(written).isBetween(5L, 10L);
    var conditions = plan().getStatus().conditions();
    saysWhatIsMissing(conditions, "RollbackPlan", "status.run.levels[].actions[].preparing");
    assertThat(heldUp(conditions).orElseThrow().getLastTransitionTime()).isEqualTo(since);
  }

  @Test
  void aPlanGoesOnByItselfOnceTheDefinitionIsCurrent() {
    // given
    cluster.given(PLAN);
    cluster.prune("rollbackplans", "status.run.levels.actions.preparing");
    writes(this::plans, Duration.ofSeconds(10));

    // when
    cluster.applyDefinitions();
    writes(this::plans, Duration.ofSeconds(60));

    // then
    assertThat(plan().getStatus().run().actions())
        .singleElement()
        .matches(ActionStatus::isPreparing, "is being made ready");
    assertThat(heldUp(plan().getStatus().conditions())).isEmpty();
    assertThat(writes(this::plans, Duration.ofMinutes(1))).isLessThan(5);
  }

  /** Whoever applied what was missing, or wants something else, does not wait for the next try. */
  @Test
  void anEditedPlanIsTriedAtOnce() {
    // given
    cluster.given(PLAN);
    cluster.prune("rollbackplans", "status.run.levels.actions.preparing");
    plans();

    // when
    cluster.applyDefinitions();
    cluster.edit("historyLimit: 3");
    plans();

    // then
    assertThat(heldUp(plan().getStatus().conditions())).isEmpty();
  }

  /** Its finalizer stays for a minute at most, and each try brings it one write further. */
  @Test
  void aPlanThatIsDeletedIsTriedMoreOften() {
    // given
    cluster.given(PLAN);
    cluster.prune("rollbackplans", "status.run.levels.actions.preparing");
    plans();

    // when
    cluster.delete();
    cluster.prune("rollbackplans", "status.run.requestedBy");
    var written = writes(this::plans, Duration.ofSeconds(30));

    // then
    assertThat(plan().getStatus().run().active()).isFalse();
    assertThat(written).isLessThan(15);
  }

  @Test
  void aConditionThatIsDroppedItselfIsNoReasonToHurry() {
    // given
    cluster.given(PLAN);
    cluster.prune("rollbackplans", "status.conditions");

    // when
    var written = writes(this::plans, Duration.ofMinutes(5));

    // then
    assertThat(written).isBetween(5L, 12L);
  }

  @Test
  void aRestoreSaysWhatWasDroppedAndTriesOnceAMinute() {
    // given
    cluster.given(RESTORE);
    cluster.prune("dbrestores", "status.run");

    // when
    var written = writes(this::restores, Duration.ofMinutes(5));

    // then
    assertThat(written).isBetween(5L, 10L);
    saysWhatIsMissing(restore().said().conditions(), "DbRestore", "status.run");

    cluster.applyDefinitions();
    writes(this::restores, Duration.ofSeconds(60));
    assertThat(restore().said().run().claim()).isNotNull();
    assertThat(heldUp(restore().said().conditions())).isEmpty();
  }

  @Test
  void aSyncControlSaysWhatWasDroppedAndTriesOnceAMinute() {
    // given
    cluster.given(SYNC);
    cluster.prune("synccontrols", "status.episode");

    // when
    var written = writes(this::syncs, Duration.ofMinutes(5));

    // then
    assertThat(written).isBetween(5L, 10L);
    saysWhatIsMissing(sync().said().conditions(), "SyncControl", "status.episode");

    cluster.applyDefinitions();
    writes(this::syncs, Duration.ofSeconds(60));
    assertThat(heldUp(sync().said().conditions())).isEmpty();
  }
}
