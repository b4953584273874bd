package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.simulation.MemoryCluster;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whether those who hold a workload still exist. */
class HoldersTest {
  private static final String CLAIM = "bs-run-1";
  private static final WorkloadRef WORKER = new WorkloadRef(WorkloadKind.Deployment, "worker");
  private static final LedgerEntry ENTRY =
      LedgerEntry.taken(CLAIM, "web", "INC-1", "stop", 0, Instant.EPOCH);
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
  private final Holders holders = cluster.bean(Holders.class);

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

  private boolean exists(RollbackPlan asking) {
    return holders.of(asking).exists(ENTRY, WORKER);
  }

  private void claim(RollbackPlan plan, String uid) {
    cluster.bean(Claims.class).create(plan, CLAIM, new Claim(uid, "run", 1L, null, null));
  }

  @Test
  void aPlanThatKnowsOfTheHoldExists() {
    assertThat(exists(plan("web", holding(CLAIM, "stop", "worker")))).isTrue();
  }

  @Test
  void onlyTheHoldOfThatRunAndActionOnThatTargetCounts() {
    assertThat(exists(plan("web", holding("bs-run-3", "stop", "worker")))).isFalse();
    assertThat(exists(plan("web", holding(CLAIM, "other", "worker")))).isFalse();
    assertThat(exists(plan("web", holding(CLAIM, "stop", "api")))).isFalse();
  }

  /** Its hold is taken in this moment, and not in the status yet. */
  @Test
  void aRunWithTheClaimExistsWhileItIsOpen() {
    assertThat(exists(plan("web", run(CLAIM, true)))).isTrue();
    assertThat(exists(plan("web", run(CLAIM, false)))).isFalse();
    assertThat(exists(plan("web", run("bs-run-2", true)))).isFalse();
  }

  @Test
  void anotherPlanOfTheNamespaceMayBeTheHolder() {
    // given
    var asking = plan("web", run("bs-run-2", false));
    plan("other", holding(CLAIM, "stop", "worker"));

    // then
    assertThat(exists(asking)).isTrue();
  }

  @Test
  void aPlanThatLostItsStatusWillFindItsHoldAgain() {
    // given
    var asking = plan("web", "");

    // then
    assertThat(exists(asking)).as("nobody made the claim").isFalse();

    claim(asking, asking.getMetadata().getUid());
    assertThat(exists(asking)).isTrue();
  }

  @Test
  void aPlanThatWasCreatedAgainDoesNotFindTheHoldOfTheOldOne() {
    // given
    var asking = plan("web", "");
    claim(asking, "uid-of-the-old-one");

    // then
    assertThat(exists(asking)).isFalse();
  }

  @Test
  void aPlanThatHasAStatusIsNotTakenForOneThatLostIt() {
    // given
    var asking = plan("web", run("bs-run-2", false));
    claim(asking, asking.getMetadata().getUid());

    // then
    assertThat(exists(asking)).isFalse();
  }

  @Test
  void theOtherPlansAreListedOnceAndOnlyWhereTheEntryIsNotTheAskersOwn() {
    // given
    var own = holders.of(plan("web", holding(CLAIM, "stop", "worker")));
    var anothers = holders.of(plan("other", run("bs-run-4", false)));
    plan("web", run("bs-run-2", false));
    cluster.requests();

    // when
    own.exists(ENTRY, WORKER);
    assertThat(cluster.requests()).isEmpty();
    anothers.exists(ENTRY, WORKER);
    anothers.exists(ENTRY, WORKER);

    // then
    assertThat(cluster.requests()).hasSize(1).allMatch(it -> it.endsWith("/rollbackplans"));
  }
}
