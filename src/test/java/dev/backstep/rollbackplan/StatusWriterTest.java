package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EarlierAction;
import dev.backstep.api.v1alpha1.status.EndedRun;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.journal.MemoryTable;
import dev.backstep.rollbackplan.view.Checks;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a status keeps, and for how long. */
class StatusWriterTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String PLAN =
      "{serviceAccountName: runner, gates: [], levels: [], historyLimit: 3}";

  private final MemoryCluster cluster = new MemoryCluster(new MemoryTable());

  private static RunStatus run(String id) {
    return RunStatusBuilder.builder()
        .id(id)
        .claim("bs-run-" + id)
        .seq(300L)
        .phase(Phase.Recovered)
        .active(false)
        .reason("Soaked")
        .message("Healthy.")
        .levels(List.of())
        .build();
  }

  private static List<Transition> steps(int count) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(
            seq ->
                new Transition("INC-1", "bs", seq, NOON, Phase.Acting, null, null, "Why", "What."))
        .toList();
  }

  private static PlanView view(RollbackPlanStatus status) {
    var plan = new RollbackPlan();
    plan.getMetadata().setName("web");
    plan.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    plan.getMetadata().setUid("uid");
    plan.setSpec(PlanYaml.spec(PLAN));
    plan.setStatus(status);
    return new PlanView(
        plan, NOON, List.of(), Checks.NOTHING, Map.of(), null, List.of(), false, List.of());
  }

  private StatusWriter writer() {
    return cluster.bean(StatusWriter.class);
  }

  @Test
  void theNewestEndedRunsAreKept() {
    // given
    var old =
        IntStream.of(3, 2, 1)
            .mapToObj(i -> new EndedRun("INC-" + i, Phase.Recovered, "Why", null, NOON, NOON))
            .toList();
    var before = RollbackPlanStatusBuilder.builder().run(run("INC-4")).history(old).build();

    // when
    var begun = writer().begin(view(before), run("INC-5"));

    // then
    assertThat(begun.history()).extracting(EndedRun::id).containsExactly("INC-4", "INC-3", "INC-2");
  }

  /** They would be nowhere else. */
  @Test
  void stepsThatTheJournalDoesNotHaveAreCarriedIntoTheNextRun() {
    // given
    var before =
        RollbackPlanStatusBuilder.builder().run(run("INC-4")).transitions(steps(2)).build();

    // when
    var begun = writer().begin(view(before), run("INC-5"));

    // then
    assertThat(begun.transitions()).hasSize(2);
  }

  @Test
  void theLastTwoHundredStepsAreKept() {
    // given
    var status =
        RollbackPlanStatusBuilder.builder().run(run("INC-1")).transitions(steps(200)).build();

    // when
    var written = writer().record(view(status), status, null, plan -> plan).getStatus();

    // then
    assertThat(written.transitions()).hasSize(200);
    assertThat(written.transitions().get(0).seq()).isEqualTo(2);
    assertThat(written.transitions().get(199).seq()).isEqualTo(300);
  }

  @Test
  void whatDidNotChangeIsNotWritten() {
    // given
    var written = writer().refresh(view(null), view(null).status(), plan -> plan);

    // when
    var again =
        writer()
            .refresh(
                view(written.getStatus()),
                written.getStatus(),
                plan -> {
                  throw new AssertionError("written");
                });

    // then
    assertThat(again.getStatus()).isEqualTo(written.getStatus());
  }

  /** What is still held is given back from what its action did, also by the next run. */
  @Test
  void whatHoldsSomethingIsKeptWhenTheNextRunBegins() {
    // given
    var holding = ActionStatus.begun("flag", NOON);
    var level =
        LevelStatus.waiting("quiet").withActions(List.of(holding, ActionStatus.begun("b", NOON)));
    var hold =
        new Hold("1", "bs-run-1", "flag", "setConfig", "ConfigMap", "settings", "a", "b", NOON);
    var status =
        RollbackPlanStatusBuilder.builder()
            .run(run("1").withLevels(List.of(level)))
            .holds(List.of(hold))
            .build();

    // when
    var begun = writer().begin(view(status), run("2"));

    // then
    assertThat(begun.run().earlier()).containsExactly(new EarlierAction("bs-run-1", holding));
    var again = writer().begin(view(begun.withHolds(List.of())), run("3"));
    assertThat(again.run().earlier()).isEmpty();
  }
}
