package dev.backstep.rollbackplan.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.claim.Claim;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.simulation.MemoryCluster;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the targets of a plan say that its status does not. */
class LedgersTest {
  private static final String OURS = "bs-run-1";
  private static final String THEIRS = "bs-run-2";
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        gates: []
        levels:
        - name: quiet
          actions:
          - {name: stop, scale: {workloads: [{kind: Deployment, name: %s}], replicas: 0}}
      status:
        run: {id: INC-9, uid: u, claim: bs-run-9, active: false, phase: Mitigated, seq: 3, levels: []}
        holds: [%s]
      """;

  private final MemoryCluster cluster = new MemoryCluster();
  private final Ledgers ledgers = cluster.bean(Ledgers.class);

  /** Where these holders exist, and no others. */
  private Ledgers ledgers(Holding known) {
    return new Ledgers(
        cluster.bean(PlanClaims.class),
        cluster.bean(Actions.class),
        cluster.bean(WorkloadLookup.class),
        cluster.client(),
        namespace -> known);
  }

  private RollbackPlan plan(String target, String holds) {
    cluster.given(PLAN.formatted(target, holds));
    return cluster.plan();
  }

  private RollbackPlan plan() {
    var plan = plan("worker", "");
    claim(OURS, plan.getMetadata().getUid());
    claim(THEIRS, "uid-of-another");
    return plan;
  }

  private void claim(String name, String uid) {
    var pinned = cluster.plan().getSpec();
    var claim = new Claim<RollbackPlanSpec>(uid, "run", 1L, pinned, null);
    cluster.bean(PlanClaims.class).create(cluster.plan(), name, claim);
  }

  private static LedgerEntry entry(String claim, String action) {
    return LedgerEntry.taken(claim, "RollbackPlan", "web", "INC-1", action, 0, NOON);
  }

  /** A Deployment without pods that these hold. */
  private void held(String name, Map<String, String> more, LedgerEntry... entries) {
    var annotations = new LinkedHashMap<>(more);
    for (var entry : entries) {
      annotations.put(entry.key(), entry.value());
    }
    cluster.given(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %s, annotations: {%s}}
        spec: {replicas: 1, selector: {matchLabels: {a: b}}, template: {spec: {containers: []}}}
        """
            .formatted(
                name,
                annotations.entrySet().stream()
                    .map(it -> "'%s': '%s'".formatted(it.getKey(), it.getValue()))
                    .collect(Collectors.joining(", "))));
  }

  private static final Map<String, String> FIVE = Map.of(Annotations.HELD_REPLICAS, "5");

  private static Hold hold(String name, String action, String original) {
    return new Hold("INC-1", OURS, action, "scale", "Deployment", name, original, "0", NOON);
  }

  // found

  @Test
  void aHoldOfThisPlanThatItsStatusDoesNotKnowIsFound() {
    // given
    var plan = plan();
    held("worker", FIVE, entry(OURS, "stop"), entry(THEIRS, "stop"));

    // then
    assertThat(ledgers.found(plan, plan.getSpec())).containsExactly(hold("worker", "stop", "5"));
  }

  /** The kind of action is what the run's plan says, which may have been edited since. */
  @Test
  void whatTookItIsKnownFromTheRun() {
    // given
    var plan = plan();
    held("worker", FIVE, entry(OURS, "renamed"));

    // then
    assertThat(ledgers.found(plan, plan.getSpec())).extracting(Hold::type).containsExactly("");
  }

  @Test
  void whatNobodyWroteDownIsAsItIsNow() {
    // given
    var plan = plan();
    held("worker", Map.of(), entry(OURS, "stop"));

    // then
    assertThat(ledgers.found(plan, plan.getSpec())).containsExactly(hold("worker", "stop", "1"));
  }

  @Test
  void anEntryThatDoesNotSayWhenIsOlderThanAllOthers() {
    // given
    var plan = plan();
    held("worker", Map.of(Annotations.HELD_BY + OURS, "INC-1/stop"));

    // then
    assertThat(ledgers.found(plan, plan.getSpec()))
        .extracting(Hold::since)
        .containsExactly(Instant.EPOCH);
  }

  @Test
  void aHoldThatTheStatusKnowsIsNotFound() {
    // given
    plan();
    var known = "{run: INC-1, claim: %s, action: stop, type: scale, kind: Deployment, name: %s}";
    held("worker", FIVE, entry(OURS, "stop"));

    // then
    var same = plan("worker", known.formatted(OURS, "worker"));
    assertThat(ledgers.found(same, same.getSpec())).isEmpty();
    var elsewhere = plan("worker", known.formatted(OURS, "api"));
    assertThat(ledgers.found(elsewhere, elsewhere.getSpec())).hasSize(1);
    var others = plan("worker", known.formatted(THEIRS, "worker"));
    assertThat(ledgers.found(others, others.getSpec())).hasSize(1);
  }

  /** The plan may have been edited since the run began, and the hold be of either. */
  @Test
  void theTargetsOfThePinnedPlanAreLookedAtAsWell() {
    // given
    var pinned = plan().getSpec();
    var plan = plan("api", "");
    held("worker", FIVE, entry(OURS, "stop"));
    held("api", FIVE, entry(OURS, "stop"));

    // then
    assertThat(ledgers.found(plan, pinned))
        .containsExactly(hold("worker", "stop", "5"), hold("api", "stop", "5"));
  }

  @Test
  void aTargetOfBothIsLookedAtOnceAndLive() {
    // given
    var plan = plan();
    held("worker", FIVE, entry(OURS, "stop"));
    cluster.requests();

    // when
    var found = ledgers.found(plan, plan.getSpec());

    // then
    assertThat(found).hasSize(1);
    assertThat(cluster.requests()).filteredOn(it -> it.endsWith("/deployments/worker")).hasSize(1);
  }

  @Test
  void aTargetThatNobodyOfThisPlanHoldsCostsNoRead() {
    // given
    var plan = plan();
    held("worker", FIVE, entry(THEIRS, "stop"));
    cluster.requests();

    // then
    assertThat(ledgers.found(plan, plan.getSpec())).isEmpty();
    assertThat(cluster.requests()).noneMatch(it -> it.contains("/deployments/"));
  }

  /** The cache shows what was given back a moment ago. */
  @Test
  void whatTheTargetDoesNotSayAnyMoreIsNotFound() {
    // given
    var plan = plan();
    held("worker", FIVE, entry(OURS, "stop"));
    cluster.refuse("GET", "/deployments/worker", 404, "NotFound", "gone");

    // then
    assertThat(ledgers.found(plan, plan.getSpec())).isEmpty();
  }

  // others

  @Test
  void whoElseHoldsTheTargetsIsSaid() {
    // given
    held("worker", FIVE, entry(THEIRS, "stop"));
    var plan = plan();

    // then
    assertThat(ledgers.others(plan, plan.getSpec()))
        .containsExactly(
            "Deployment worker (0 replicas) by run INC-1 of RollbackPlan web (action stop) since 2026-11-21T12:00:00Z");
  }

  @Test
  void whatNobodyHoldsAndWhatThePlanItselfHoldsIsNotOthers() {
    // given
    held("worker", FIVE, entry(OURS, "stop"));
    var plan =
        plan(
            "worker",
            "{run: INC-1, claim: %s, action: stop, type: scale, kind: Deployment, name: worker}"
                .formatted(OURS));

    // then
    assertThat(ledgers.others(plan, plan.getSpec())).isEmpty();
    RollbackPlanSpec spec = plan("absent", "").getSpec();
    assertThat(ledgers.others(cluster.plan(), spec)).isEmpty();
  }

  // orphans

  @Test
  void whatHoldsATargetThoughItsHolderIsGoneIsSaidOncePerTarget() {
    // given
    held("worker", FIVE, entry(THEIRS, "stop"), entry(OURS, "other"));
    var plan = plan();

    // then
    assertThat(ledgers((entry, target) -> false).orphans(plan))
        .singleElement()
        .asString()
        .startsWith("Deployment worker is still held at 0 replicas by run INC-1")
        .contains("(action stop)")
        .contains("(action other)")
        .endsWith(".");
    assertThat(ledgers((entry, target) -> entry.claim().equals(OURS)).orphans(plan))
        .singleElement()
        .asString()
        .doesNotContain("(action other)");
  }

  @Test
  void whereEveryHolderExistsNothingIsOrphaned() {
    // given
    held("worker", FIVE, entry(THEIRS, "stop"));

    // then
    assertThat(
            ledgers((entry, target) -> target.toString().equals("Deployment worker"))
                .orphans(plan()))
        .isEmpty();
  }
}
