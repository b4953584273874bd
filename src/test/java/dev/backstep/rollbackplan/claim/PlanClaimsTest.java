package dev.backstep.rollbackplan.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.claim.Claim;
import dev.backstep.claim.Claims;
import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What proves that a run id was used, and for how long. */
class PlanClaimsTest {
  private static final String RECORDS = "controllerrevisions";
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec: {serviceAccountName: runner, gates: [], levels: [], historyLimit: 2, run: {id: INC-1}}
      """;

  private final MemoryCluster cluster = new MemoryCluster();
  private final PlanClaims claims = new PlanClaims(cluster.client());

  /** A plan whose runs one to five were claimed. */
  private void plan() {
    cluster.given(PLAN);
    for (var number = 1; number <= 5; number++) {
      cluster.pass(Duration.ofSeconds(10));
      var name = name(number);
      claims.create(cluster.plan(), name, new Claim<>("uid", "run-" + number, 1L, null, Map.of()));
    }
  }

  private String name(int number) {
    return Claims.name(cluster.plan(), "INC-" + number);
  }

  @Test
  void hasNoOwnerSoThatItOutlivesThePlan() {
    // given
    plan();

    // then
    var claim = cluster.find(ControllerRevision.class, RECORDS, name(1)).orElseThrow();
    assertThat(claim.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(claims.ownerOf(MemoryCluster.NAMESPACE, name(1))).contains("web");
  }

  @Test
  void whatActionsKeptOfTheStartComesBackByTheirNames() {
    // given
    plan();
    var kept = Json.MAPPER.createObjectNode().put("Deployment web", "app:v1");
    var claim = new Claim<RollbackPlanSpec>("uid", "run", 1L, null, Map.of("back", kept));

    // when
    claims.create(cluster.plan(), "bs-run-kept", claim);

    // then
    var read = new PlanClaims(cluster.client()).find(MemoryCluster.NAMESPACE, "bs-run-kept");
    assertThat(read.orElseThrow().atStart("back")).contains(kept);
    assertThat(read.orElseThrow().atStart("other")).isEmpty();
  }

  private static RollbackPlan named(String name) {
    var plan = new RollbackPlan();
    plan.getMetadata().setName(name);
    plan.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    return plan;
  }

  /** Whose id it uses is another matter. */
  @Test
  void aClaimOfAnotherKindIsNone() {
    // given
    var other = new Approval();
    other.getMetadata().setName("web");
    other.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    claims.create(other, "bs-run-other", new Claim<>("uid", "run", 1L, null, Map.of()));

    // then
    assertThat(claims.find(MemoryCluster.NAMESPACE, "bs-run-other")).isEmpty();
    assertThat(Claims.name(other, "1")).isNotEqualTo(Claims.name(named("web"), "1"));
  }

  /** They may work on one database, or hold one Kustomization, for one incident. */
  @Test
  void plansOfTheSameNameInTwoNamespacesHaveTwoClaimsForOneId() {
    // given
    var other = named("web");
    other.getMetadata().setNamespace("other");

    // then
    assertThat(Claims.name(other, "1")).isNotEqualTo(Claims.name(named("web"), "1"));
  }
}
