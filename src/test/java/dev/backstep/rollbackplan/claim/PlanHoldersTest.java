package dev.backstep.rollbackplan.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.claim.Claim;
import dev.backstep.cluster.AllHolders;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.simulation.MemoryCluster;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whether those who hold a workload still exist. */
class PlanHoldersTest {
  private static final String CLAIM = "bs-run-1";
  private static final WorkloadRef WORKER = new WorkloadRef(WorkloadKind.Deployment, "worker");
  private static final LedgerEntry ENTRY =
      LedgerEntry.taken(CLAIM, "RollbackPlan", "web", "INC-1", "stop", 0, Instant.EPOCH);
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: %s}
      spec: {serviceAccountName: runner, gates: [], levels: []}
      %s
      """;
  private static final String HOLD =
      "{run: INC-1, claim: %s, action: %s, type: scale, kind: Deployment, name: %s}";

  private final MemoryCluster cluster = new MemoryCluster();
  private final AllHolders holders = cluster.bean(AllHolders.class);

  private RollbackPlan plan(String name, String status) {
    cluster.given(PLAN.formatted(name, status));
    return named(name);
  }

  private RollbackPlan named(String name) {
    return cluster.plans().stream()
        .filter(plan -> plan.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** A status with a run of another claim that has ended. */
  private static String holding(String claim, String action, String target) {
    return run("bs-run-2", false) + "  holds: [" + HOLD.formatted(claim, action, target) + "]\n";
  }

  private static String run(String claim, boolean open) {
    return """
        status:
          run: {id: INC-2, uid: u, claim: %s, active: %s, phase: %s, seq: 3, levels: []}
        """
        .formatted(claim, open, open ? "Acting" : "Mitigated");
  }

  private boolean exists() {
    return holders.in(MemoryCluster.NAMESPACE).exists(ENTRY, WORKER.toString());
  }

  /** The plan is as this status says. */
  private boolean existsBesides(String status) {
    plan("web", status);
    return exists();
  }

  private void claim(RollbackPlan plan, String uid) {
    cluster.bean(PlanClaims.class).create(plan, CLAIM, new Claim<>(uid, "run", 1L, null, null));
  }

  /** A claim of the same name would be another one's. */
  @Test
  void aPlanDoesNotHoldWhatAnotherKindHolds() {
    // given
    plan("web", holding(CLAIM, "stop", "worker"));
    var entry = LedgerEntry.taken(CLAIM, "SyncControl", "web", "INC-1", "stop", 0, Instant.EPOCH);

    // then
    assertThat(holders.in(MemoryCluster.NAMESPACE).exists(entry, WORKER.toString())).isFalse();
  }

  @Test
  void aPlanThatKnowsOfTheHoldExists() {
    plan("web", holding(CLAIM, "stop", "worker"));

    assertThat(exists()).isTrue();
  }

  @Test
  void onlyTheHoldOfThatRunAndActionOnThatTargetCounts() {
    assertThat(existsBesides(holding("bs-run-3", "stop", "worker"))).isFalse();
    assertThat(existsBesides(holding(CLAIM, "other", "worker"))).isFalse();
    assertThat(existsBesides(holding(CLAIM, "stop", "api"))).isFalse();
  }

  /** Its hold is taken in this moment, and not in the status yet. */
  @Test
  void aRunWithTheClaimExistsWhileItIsOpen() {
    assertThat(existsBesides(run(CLAIM, true))).isTrue();
    assertThat(existsBesides(run(CLAIM, false))).isFalse();
    assertThat(existsBesides(run("bs-run-2", true))).isFalse();
  }

  @Test
  void anotherPlanOfTheNamespaceMayBeTheHolder() {
    // given
    plan("web", run("bs-run-2", false));
    plan("other", holding(CLAIM, "stop", "worker"));

    // then
    assertThat(exists()).isTrue();
  }

  @Test
  void aPlanThatLostItsStatusWillFindItsHoldAgain() {
    // given
    var asking = plan("web", "");

    // then
    assertThat(exists()).as("nobody made the claim").isFalse();

    claim(asking, asking.getMetadata().getUid());
    assertThat(exists()).isTrue();
  }

  @Test
  void aPlanThatWasCreatedAgainDoesNotFindTheHoldOfTheOldOne() {
    // given
    var asking = plan("web", "");
    claim(asking, "uid-of-the-old-one");

    // then
    assertThat(exists()).isFalse();
  }

  @Test
  void aPlanThatHasAStatusIsNotTakenForOneThatLostIt() {
    // given
    var asking = plan("web", run("bs-run-2", false));
    claim(asking, asking.getMetadata().getUid());

    // then
    assertThat(exists()).isFalse();
  }

  @Test
  void plansAreListedOnceAndOnlyWhereTheCacheDoesNotKnowTheHolder() {
    // given
    plan("web", holding(CLAIM, "stop", "worker"));
    var known = holders.in(MemoryCluster.NAMESPACE);
    cluster.requests();

    // when
    known.exists(ENTRY, WORKER.toString());
    assertThat(cluster.requests()).isEmpty();
    plan("web", run("bs-run-2", false));
    known.exists(ENTRY, WORKER.toString());
    known.exists(ENTRY, WORKER.toString());

    // then
    assertThat(cluster.requests()).hasSize(1).allMatch(it -> it.endsWith("/rollbackplans"));
  }
}
