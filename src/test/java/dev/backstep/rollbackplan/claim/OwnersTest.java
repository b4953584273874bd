package dev.backstep.rollbackplan.claim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.claim.Claim;
import dev.backstep.cluster.Annotations;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.OpenClaims;
import dev.backstep.effect.OpenClaims.Whose;
import dev.backstep.effect.Owners;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.rollbackplan.watch.SimulatedPlanCache;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose a target is. */
class OwnersTest {
  private static final String OURS = "bs-run-ours";
  private static final String THEIRS = "bs-run-theirs";
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: %s}
      spec: {serviceAccountName: runner, gates: [], levels: []}
      status:
        run: {id: INC-0, uid: u, claim: %s, active: %s, phase: %s, seq: 3, levels: []}
      """;

  private final MemoryCluster cluster = new MemoryCluster();
  private List<RollbackPlan> cached = List.of();
  private boolean exclusive = true;

  @BeforeEach
  void ourRun() {
    claim("shop", OURS);
  }

  private void claim(String plan, String name) {
    var owner = new RollbackPlan();
    owner.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    owner.getMetadata().setName(plan);
    claims().create(owner, name, new Claim<>("uid-" + plan, "run", 1L, null, Map.of()));
  }

  private PlanClaims claims() {
    return new PlanClaims(cluster.client());
  }

  private void plan(String name, String claim, boolean open) {
    cluster.given(PLAN.formatted(name, claim, open, open ? "Acting" : "Recovered"));
  }

  /** The informer has seen everything. */
  private void seen() {
    cached = cluster.plans();
  }

  private static ObjectPatch change(String name, String owner) {
    var deployment =
        new DeploymentBuilder()
            .withNewMetadata()
            .withNamespace(MemoryCluster.NAMESPACE)
            .withName(name)
            .withAnnotations(owner == null ? Map.of("a", "b") : Map.of(Annotations.OWNER, owner))
            .endMetadata()
            .build();
    return PatchBuilder.of(deployment)
        .set(
            "/spec/replicas",
            JsonNodeFactory.instance.nullNode(),
            JsonNodeFactory.instance.numberNode(1))
        .build("Deployment " + name);
  }

  private PlanOpenClaims plans() {
    return new PlanOpenClaims(
        cluster.client(),
        new SimulatedPlanCache(() -> cached),
        claims(),
        cluster.bean(Actions.class));
  }

  private Work work(ObjectPatch... changes) {
    var owners = new Owners(List.of(plans()), cluster.bean(Effectors.class));
    return owners
        .own(Step.todo(List.of(changes)), MemoryCluster.NAMESPACE, OURS, "back", exclusive)
        .work();
  }

  /** A plan whose run is over, and which holds Deployment web by an action. */
  private void holder(String name, String action) {
    holder(name, action, "bs-run-newer");
  }

  private void holder(String name, String action, String claim) {
    var levels =
        """
        [{name: off, actions: [{name: flag, setConfig: {env: {workload: {kind: Deployment, name: web}}}},
          {name: stop, scale: {workloads: [{kind: Deployment, name: web}], replicas: 0}}]}]
        """;
    var owner = new RollbackPlan();
    owner.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    owner.getMetadata().setName(name);
    var pinned = PlanYaml.spec("serviceAccountName: runner\ngates: []\nlevels: " + levels);
    claims().create(owner, THEIRS, new Claim<>("uid-" + name, "run", 1L, pinned, Map.of()));
    var holds =
        "  holds: [{run: INC-0, claim: %s, action: %s, type: any, kind: Deployment, name: web, original: a, held: b, since: '2026-11-21T12:00:00Z'}]"
            .formatted(THEIRS, action);
    cluster.given(PLAN.formatted(name, claim, false, "Recovered") + holds);
    seen();
  }

  @Test
  void whatIsHeldIsNotFreeThoughTheRunIsOver() {
    // given
    holder("other", "flag");

    // then
    assertThat(work(change("web", THEIRS)))
        .isEqualTo(
            new Work.Held(
                "Deployment web is held by RollbackPlan other (run INC-0, action flag: b)."
                    + " Release it there first (spec.run.state: Released), or leave this action out."));
    assertThat(work(change("api", THEIRS))).as("not held").isInstanceOf(Work.ToDo.class);
  }

  /** The watch of the plans is behind. */
  @Test
  void aHoldThatTheCacheDoesNotKnowYetCountsAllTheSame() {
    // given
    holder("other", "flag");
    cached = List.of();

    // then
    assertThat(work(change("web", THEIRS))).isInstanceOf(Work.Held.class);
  }

  /** The ledger on the target says who scales it, and what comes back in the end. */
  @Test
  void aHoldThatIsSharedOwnsNothing() {
    // given
    holder("other", "stop");

    // then
    assertThat(work(change("web", THEIRS))).isInstanceOf(Work.ToDo.class);
  }

  @Test
  void whoSharesATargetIsNotKeptOffByAHold() {
    // given
    holder("other", "flag");
    exclusive = false;

    // then
    assertThat(work(change("web", THEIRS))).isInstanceOf(Work.ToDo.class);
  }

  @Test
  void aRunIsNotKeptOffByWhatItsOwnPlanHolds() {
    // given
    holder("shop", "flag", OURS);

    // then
    assertThat(work(change("web", THEIRS))).isInstanceOf(Work.ToDo.class);
  }

  @Test
  void whatAnotherKindOwnsIsNotFree() {
    // given
    OpenClaims others =
        (namespace, claim, asking) ->
            Optional.of(claim)
                .filter(THEIRS::equals)
                .map(it -> new Whose(Optional.of("SyncControl orders"), List.of()));
    var owners = new Owners(List.of(plans(), others), cluster.bean(Effectors.class));

    // when
    var step =
        owners.own(
            Step.todo(List.of(change("web", THEIRS))),
            MemoryCluster.NAMESPACE,
            OURS,
            "back",
            exclusive);

    // then
    assertThat(step.work())
        .isEqualTo(
            new Work.Owned(
                "Deployment web belongs to SyncControl orders. Wait for it or abort it."));
  }

  @Test
  void whatNobodyOwnsIsFree() {
    assertThat(work(change("web", null))).isInstanceOf(Work.ToDo.class);
  }

  @Test
  void whatTheRunItselfOwnsIsFree() {
    assertThat(work(change("web", OURS))).isInstanceOf(Work.ToDo.class);
  }

  @Test
  void whatAnotherOpenRunOwnsIsNot() {
    // given
    plan("other", THEIRS, true);
    seen();

    // then
    assertThat(work(change("api", null), change("web", THEIRS)))
        .isEqualTo(
            new Work.Owned(
                "Deployment web belongs to run INC-0 of RollbackPlan other, which is open (Acting)."
                    + " Wait for it or abort it."));
  }

  @Test
  void theClaimOfARunThatEndedDoesNotCount() {
    // given
    plan("other", THEIRS, false);
    seen();

    // then
    assertThat(work(change("web", THEIRS))).isInstanceOf(Work.ToDo.class);
  }

  @Test
  void theClaimOfAnEarlierRunDoesNotCountThoughItsPlanHasAnotherOpen() {
    // given
    claim("other", THEIRS);
    plan("other", "bs-run-newer", true);
    seen();

    // then
    assertThat(work(change("web", THEIRS))).isInstanceOf(Work.ToDo.class);
  }

  @Test
  void theClaimOfAPlanThatIsGoneDoesNotCount() {
    claim("other", THEIRS);

    assertThat(work(change("web", THEIRS))).isInstanceOf(Work.ToDo.class);
  }

  @Test
  void aClaimThatIsGoneDoesNotCount() {
    assertThat(work(change("web", THEIRS))).isInstanceOf(Work.ToDo.class);
  }

  /** The run began a moment ago, and the watch of the plans is behind. */
  @Test
  void aRunThatTheCacheDoesNotKnowYetOwnsAllTheSame() {
    // given
    claim("other", THEIRS);
    plan("other", THEIRS, true);

    // then
    assertThat(work(change("web", THEIRS))).isInstanceOf(Work.Owned.class);
  }

  /** From its second run on, every target of a plan has the claim of the run before. */
  @Test
  void twoHundredTargetsOfAnEarlierRunCostTwoReads() {
    // given
    claim("shop", THEIRS);
    plan("shop", OURS, true);
    var changes =
        IntStream.range(0, 200)
            .mapToObj(i -> change("web-" + i, THEIRS))
            .toArray(ObjectPatch[]::new);
    cluster.requests();

    // when
    var work = work(changes);

    // then
    assertThat(work).isInstanceOf(Work.ToDo.class);
    assertThat(cluster.requests())
        .hasSize(2)
        .allMatch(request -> request.matches("GET .*/controllerrevisions/bs-run-.*"));
  }

  @Test
  void whoRepairsWritesItsClaimOnTheTarget() {
    // given
    var owners = new Owners(List.of(plans()), cluster.bean(Effectors.class));
    var step = Step.todo(List.of(change("web", null)));

    // when
    var repair = owners.own(step, MemoryCluster.NAMESPACE, OURS, "back", true);
    var hold = owners.own(step, MemoryCluster.NAMESPACE, OURS, "stop", false);

    // then
    assertThat(owner(repair)).contains(OURS);
    assertThat(owner(hold)).isEmpty();
  }

  private static Optional<String> owner(Step step) {
    return step.effects().stream()
        .map(ObjectPatch.class::cast)
        .flatMap(
            change ->
                Stream.iterate(0, i -> i < change.patch().size(), i -> i + 1)
                    .map(change.patch()::get))
        .filter(operation -> operation.path("path").asText().endsWith("backstep.dev~1owner"))
        .map(operation -> operation.path("value").asText())
        .findFirst();
  }
}
