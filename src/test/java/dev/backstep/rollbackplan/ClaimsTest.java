package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.cluster.Annotations;
import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What proves that a run id was used, and for how long. */
class ClaimsTest {
  private static final String RECORDS = "controllerrevisions";
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec: {serviceAccountName: runner, gates: [], levels: [], historyLimit: 2, run: {id: INC-1}}
      """;

  private final MemoryCluster cluster = new MemoryCluster();
  private final Claims claims = new Claims(cluster.client());

  /** A plan whose runs one to five were claimed, each with one image; the fifth is the last. */
  private RollbackPlan plan(String more) {
    cluster.given(PLAN);
    for (var number = 1; number <= 5; number++) {
      cluster.pass(Duration.ofSeconds(10));
      var name = name(number);
      claims.create(cluster.plan(), name, new Claim("uid", "run-" + number, 1L, null, Map.of()));
      image(name);
    }
    cluster.given(
        PLAN
            + """
status:
  run: {id: INC-5, uid: u, claim: %s, active: false, phase: Recovered, seq: 3, levels: []}
  %s
"""
                .formatted(name(5), more));
    return cluster.plan();
  }

  private String name(int number) {
    return Claims.name(cluster.plan(), "INC-" + number);
  }

  private void image(String claim) {
    var labels = Claims.labels(cluster.plan(), "image");
    cluster
        .client()
        .resource(
            new ControllerRevisionBuilder()
                .withNewMetadata()
                .withName(claim.replace("bs-run", "bs-img"))
                .withLabels(labels)
                .addToLabels(Annotations.CLAIM, claim)
                .endMetadata()
                .build())
        .create();
  }

  private String[] withImages(int... numbers) {
    return Arrays.stream(numbers)
        .mapToObj(this::name)
        .flatMap(name -> Stream.of(name, name.replace("bs-run", "bs-img")))
        .toArray(String[]::new);
  }

  @Test
  void hasNoOwnerSoThatItOutlivesThePlan() {
    // given
    plan("");

    // then
    var claim = cluster.find(ControllerRevision.class, RECORDS, name(1)).orElseThrow();
    assertThat(claim.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(claims.planOf(MemoryCluster.NAMESPACE, name(1))).contains("web");
  }

  /** What it holds is given back by this version all the same. */
  @Test
  void oneOfAnEarlierVersionIsRead() {
    // given
    plan("");
    cluster
        .client()
        .resource(
            new ControllerRevisionBuilder()
                .withNewMetadata()
                .withName("bs-run-early")
                .endMetadata()
                .withData(Map.of("planUid", "uid", "runUid", "run", "baseline", Map.of()))
                .build())
        .create();

    // when
    var claim = claims.find(MemoryCluster.NAMESPACE, "bs-run-early").orElseThrow();

    // then
    assertThat(claim.planUid()).isEqualTo("uid");
    assertThat(claim.atStart("back")).isEmpty();
  }

  @Test
  void whatActionsKeptOfTheStartComesBackByTheirNames() {
    // given
    plan("");
    var kept = Json.MAPPER.createObjectNode().put("Deployment web", "app:v1");
    var claim = new Claim("uid", "run", 1L, null, Map.of("back", kept));

    // when
    claims.create(cluster.plan(), "bs-run-kept", claim);

    // then
    var read = new Claims(cluster.client()).find(MemoryCluster.NAMESPACE, "bs-run-kept");
    assertThat(read.orElseThrow().atStart("back")).contains(kept);
    assertThat(read.orElseThrow().atStart("other")).isEmpty();
  }

  /** With the claim of what stands in the spec gone, a wiped status would have it run again. */
  @Test
  void theNewestStayAndTheOneThatTheSpecNames() {
    // given
    var plan = plan("");

    // when
    claims.prune(plan);

    // then
    assertThat(cluster.names(RECORDS)).containsExactlyInAnyOrder(withImages(1, 4, 5));
    assertThat(claims.find(MemoryCluster.NAMESPACE, name(2))).isEmpty();
  }

  @Test
  void whatIsHeldStillStays() {
    // given
    var plan =
        plan(
            "holds: [{run: INC-2, claim: %s, action: a, type: scale, kind: Deployment, name: w}]"
                .formatted(Claims.name(named("web"), "INC-2")));

    // when
    claims.prune(plan);

    // then
    assertThat(cluster.names(RECORDS)).containsExactlyInAnyOrder(withImages(1, 2, 4, 5));
  }

  private static RollbackPlan named(String name) {
    var plan = new RollbackPlan();
    plan.getMetadata().setName(name);
    return plan;
  }

  /** Its ids stay used, but nobody can put back any more what it did. */
  @Test
  void aPlanThatIsGoneLeavesClaimsAndNoImages() {
    // given
    var plan = plan("");

    // when
    claims.outlive(plan);

    // then
    assertThat(cluster.names(RECORDS)).containsExactlyInAnyOrder(name(1), name(4), name(5));
  }

  @Test
  void theClaimsOfOtherPlansStay() {
    // given
    var other = named("other");
    other.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    claims.create(other, "bs-run-other", new Claim("uid", "run", 1L, null, null));
    var plan = plan("");

    // when
    claims.outlive(plan);

    // then
    assertThat(cluster.names(RECORDS)).contains("bs-run-other");
  }
}
