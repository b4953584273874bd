package dev.backstep.rollbackplan.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.claim.Claim;
import dev.backstep.claim.Claims;
import dev.backstep.cluster.Records;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effector;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Images;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.event.Events;
import dev.backstep.problem.Problem;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which records of runs go, and that what the runs left at their targets goes before. */
class PlanPruningTest {
  private static final String RECORDS = "controllerrevisions";
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec: {serviceAccountName: runner, gates: [], levels: [], historyLimit: 2, run: {id: INC-1}}
      """;

  private static final RollbackPlanSpec PINNED =
      PlanYaml.spec("{serviceAccountName: runner, gates: [], levels: []}");

  private final Map<String, String> kept = new HashMap<>();
  private final MemoryCluster cluster = new MemoryCluster();
  private final PlanClaims claims = new PlanClaims(cluster.client());
  private final Rows rows = new Rows();
  private final Effectors effectors = new Effectors(List.of(rows));
  private final Images images = new Images(cluster.client(), effectors);

  /** A plan whose runs one to five were claimed, each with one image; the fifth is the last. */
  private RollbackPlan plan(String more) {
    cluster.given(PLAN);
    IntStream.rangeClosed(1, 5).forEach(this::claimed);
    cluster.given(
        PLAN
            + """
status:
  run: {id: INC-5, uid: u, claim: %s, active: false, phase: Recovered, seq: 3, levels: []}
  history: [{id: INC-4, phase: Recovered}, {id: INC-3, phase: Recovered}]
  %s
"""
                .formatted(name(5), more));
    return cluster.plan();
  }

  private void claimed(int number) {
    cluster.pass(Duration.ofSeconds(10));
    var name = name(number);
    claims.create(cluster.plan(), name, new Claim<>("uid", "run-" + number, 1L, PINNED, Map.of()));
    image(name);
  }

  private String name(int number) {
    return Claims.name(cluster.plan(), "INC-" + number);
  }

  /** Two effects on one database, and one on another. */
  private void image(String claim) {
    var owner = Records.Owner.of(cluster.plan());
    var effects = List.of(new Row("a"), new Row("a"), new Row("b"));
    kept.put(claim, images.keep(owner, claim, "fix", effects).get(0));
  }

  private String[] withImages(int... numbers) {
    return Arrays.stream(numbers)
        .mapToObj(this::name)
        .flatMap(name -> Stream.of(name, kept.get(name)))
        .toArray(String[]::new);
  }

  /** Leaves something at its target. */
  record Row(String name) implements Effect {
    @Override
    public Target target() {
      return new Target("database", name);
    }

    @Override
    public String summary() {
      return "a row in " + name;
    }
  }

  /** Takes away what was left, or does not come to it. */
  private static final class Rows implements Effector<Row> {
    private final List<String> forgotten = new ArrayList<>();
    private Problem problem;

    @Override
    public Class<Row> type() {
      return Row.class;
    }

    @Override
    public Optional<Problem> forget(Row effect, String claim, Author author) {
      forgotten.add("%s of %s by %s".formatted(effect.name(), claim, author.serviceAccount()));
      return Optional.ofNullable(problem);
    }

    @Override
    public Outcome send(Row effect, Mark mark, Author author, Instant notAfter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Outcome close(Row effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> preview(Row effect, Author author) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Step> reverse(List<Sent<Row>> sent, List<Sent<?>> back, Author author) {
      throw new UnsupportedOperationException();
    }
  }

  private PlanPruning pruning() {
    return new PlanPruning(
        claims,
        images,
        effectors,
        cluster.bean(Events.class),
        cluster.bean(ScheduledExecutorService.class));
  }

  private void pruned(RollbackPlan plan) {
    pruning().begin(plan);
    cluster.pass(Duration.ofSeconds(1));
  }

  private void outlived(RollbackPlan plan) {
    var pruning = pruning();
    assertThat(pruning.outlived(plan)).as("at once").isFalse();
    cluster.pass(Duration.ofSeconds(1));
    assertThat(pruning.outlived(plan)).isTrue();
  }

  private String holding(int number) {
    return "holds: [{run: INC-%d, claim: %s, action: a, type: scale, kind: Deployment, name: w}]"
        .formatted(number, Claims.name(named("web"), "INC-" + number));
  }

  private static RollbackPlan named(String name) {
    var plan = new RollbackPlan();
    plan.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    plan.getMetadata().setName(name);
    return plan;
  }

  private List<String> warnings() {
    cluster.pass(Duration.ofSeconds(1));
    return cluster.names("events").stream()
        .map(name -> cluster.find(Event.class, "events", name).orElseThrow())
        .map(Event::getMessage)
        .toList();
  }

  /** With the claim of what stands in the spec gone, a wiped status would have it run again. */
  @Test
  void whileFewerRunsAreKnownThanAreKeptNobodyIsAsked() {
    // given
    var plan = plan("");
    plan.setStatus(plan.getStatus().withHistory(plan.getStatus().history().subList(0, 1)));
    cluster.requests();

    // when
    pruned(plan);

    // then
    assertThat(cluster.requests()).isEmpty();
  }

  @Test
  void theNewestStayAndTheOneThatTheSpecNames() {
    // given
    var plan = plan("");

    // when
    pruned(plan);

    // then
    assertThat(cluster.names(RECORDS)).containsExactlyInAnyOrder(withImages(1, 4, 5));
    assertThat(claims.find(MemoryCluster.NAMESPACE, name(2))).isEmpty();
  }

  @Test
  void whatIsHeldStillStaysAndIsNotForgotten() {
    // given
    var plan = plan(holding(2));

    // when
    pruned(plan);

    // then
    assertThat(cluster.names(RECORDS)).containsExactlyInAnyOrder(withImages(1, 2, 4, 5));
    assertThat(rows.forgotten).isNotEmpty().noneMatch(it -> it.contains(name(2)));
  }

  /** Its ids stay used, but nobody can put back any more what it did. */
  @Test
  void aPlanThatIsGoneLeavesClaimsAndNoImages() {
    // given
    var plan = plan("");

    // when
    outlived(plan);

    // then
    assertThat(cluster.names(RECORDS)).containsExactlyInAnyOrder(name(1), name(4), name(5));
    assertThat(rows.forgotten).hasSize(10);
  }

  @Test
  void aPlanThatIsGoneForgetsNothingThatIsHeld() {
    // given
    var plan = plan(holding(4));

    // when
    outlived(plan);

    // then
    assertThat(cluster.names(RECORDS)).contains(withImages(4));
    assertThat(rows.forgotten).hasSize(8).noneMatch(it -> it.contains(name(4)));
  }

  @Test
  void theClaimsOfOtherPlansStay() {
    // given
    var other = named("other");
    other.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    claims.create(other, "bs-run-other", new Claim<>("uid", "run", 1L, null, null));
    var plan = plan("");

    // when
    outlived(plan);

    // then
    assertThat(cluster.names(RECORDS)).contains("bs-run-other");
  }

  @Test
  void whatARunLeftIsTakenAwayOnceAtEachTarget() {
    // given
    var plan = plan("");

    // when
    pruned(plan);

    // then
    assertThat(rows.forgotten)
        .containsExactlyInAnyOrder(
            "a of %s by runner".formatted(name(2)),
            "b of %s by runner".formatted(name(2)),
            "a of %s by runner".formatted(name(3)),
            "b of %s by runner".formatted(name(3)));
    assertThat(warnings()).isEmpty();
  }

  /** A process that dies in between finds the records again. */
  @Test
  void whatCannotBeTakenAwayKeepsItsRecordsAndIsSaid() {
    // given
    var plan = plan("");
    rows.problem = new Problem("NotForgotten", "The database is down.");
    pruned(plan);
    assertThat(cluster.names(RECORDS)).contains(withImages(2, 3));
    assertThat(warnings()).contains("The database is down.");

    // when
    rows.problem = null;
    pruned(plan);

    // then
    assertThat(cluster.names(RECORDS)).containsExactlyInAnyOrder(withImages(1, 4, 5));
  }

  /** A database that is gone for good does not have records pile up. */
  @Test
  void whatCanNeverBeTakenAwayGoesAfterTenMore() {
    // given
    var plan = plan("");
    rows.problem = new Problem("NotForgotten", "The database is gone.");
    IntStream.rangeClosed(6, 15).forEach(this::claimed);

    // when
    pruned(plan);

    // then
    assertThat(cluster.names(RECORDS)).contains(withImages(3, 4)).doesNotContain(name(2));
  }
}
