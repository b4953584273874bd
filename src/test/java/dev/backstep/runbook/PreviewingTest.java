package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.settled;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Preview;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreviewingTest {
  private static final Level FIRST = inDrill(level("restart", "restart-web"));
  private static final Level SECOND = level("revert", "revert-web");
  private static final Map<String, List<String>> PREVIEW =
      Map.of("restart-web", List.of("restartedAt: 1 -> 2"));

  private static Level inDrill(Level level) {
    return level.withActions(
        level.actions().stream().map(action -> action.withInDrill(Action.InDrill.Run)).toList());
  }

  private static RunSnapshots previewed(Run.Mode mode) {
    return run().levels(FIRST, SECOND).mode(mode).world(it -> it.preview(PREVIEW));
  }

  private static RunSnapshots drilling(ActionStatus... actions) {
    return run().levels(SECOND).mode(Run.Mode.Drill).in(Phase.Acting, 0).begun(actions);
  }

  @ParameterizedTest
  @EnumSource(
      value = Run.Mode.class,
      names = {"DryRun", "Drill"})
  void whatWouldChangeIsAskedFirst(Run.Mode mode) {
    // given
    var snapshot = run().mode(mode).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Preview());
  }

  @Test
  void aDryRunShowsEveryActionAndEnds() {
    // given
    var snapshot = previewed(Run.Mode.DryRun).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Completed);
    assertThat(next.reason()).isEqualTo(Reasons.PREVIEWED);
    assertThat(next.levels())
        .extracting(LevelStatus::outcome)
        .containsOnly(LevelStatus.Outcome.Previewed);
    var shown = next.levels().get(0).actions().get(0);
    assertThat(shown.preview()).containsExactly("restartedAt: 1 -> 2");
    assertThat(shown.message()).isEqualTo("Only shown.");
    assertThat(next.levels().get(1).actions().get(0).message()).isEqualTo("Nothing would change.");
  }

  @Test
  void aDrillEntersItsFirstLevel() {
    // given
    var snapshot = previewed(Run.Mode.Drill).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isZero();
    assertThat(next.levels().get(0).actions().get(0).outcome()).isNull();
    assertThat(next.levels().get(1).actions().get(0).outcome()).isEqualTo(Outcome.Previewed);
  }

  @Test
  void whatAHumanDoesInADrillCanBeAnsweredByTheHashOfItsLevel() {
    // given
    var snapshot = previewed(Run.Mode.Drill).hash("restart", "h1").build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).levels().get(0).hash()).isEqualTo("h1");
  }

  @Test
  void aDrillOnlyShowsWhatDestroysSomething() {
    // given
    var snapshot = previewed(Run.Mode.Drill).destructive(false, "restart").build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).levels().get(0).actions().get(0).outcome())
        .isEqualTo(Outcome.Previewed);
  }

  @Test
  void aDrillDoesWhatDestroysNothingInADrill() {
    // given
    var snapshot = previewed(Run.Mode.Drill).drillable("restart", "restart-web").build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).levels().get(0).actions().get(0).outcome()).isNull();
  }

  @Test
  void theTimeOfAnActionInADrillIsCountedFromItsBeginning() {
    // given
    var drilled = settled(previewed(Run.Mode.Drill).build());
    var later = START.plus(Duration.ofHours(2));
    var snapshot = drilled.with().now(later).work(new Work.ToDo(1, "Do it.")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var action = Decisions.lastAction(acted(decision), 0);
    assertThat(action.startedAt()).isEqualTo(later);
    assertThat(action.preview()).containsExactly("restartedAt: 1 -> 2");
  }

  @Test
  void aDrillPutsBackWhatItDid() {
    // given
    var snapshot = drilling(ended("revert-web", Outcome.Succeeded)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Undoing);
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Previewed);
    assertThat(next.message()).endsWith("The drill puts back what it did.");
  }

  @Test
  void aDrillEndsCompleted() {
    // given
    var snapshot = run().mode(Run.Mode.Drill).in(Phase.Undoing).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Completed);
    assertThat(advanced(decision).reason()).isEqualTo(Reasons.DRILLED);
    assertThat(advanced(decision).message()).isEqualTo("The drill put back everything it did.");
  }

  @Test
  void aDrillWhoseLastActionFailsIsNotExhaustedButPutBack() {
    // given
    var climbing = SECOND.withOnActionFailure(Level.Next.NextLevel);
    var snapshot =
        drilling(ended("revert-web", Outcome.Failed))
            .levels(climbing)
            .work(Works.NOTHING_GOES_ON)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Undoing);
  }

  @Test
  void aDrillThatAHumanAcceptsIsNotRecoveredButPutBack() {
    // given
    var snapshot =
        drilling(ended("revert-web", Outcome.Failed))
            .asking(Ask.ACTION_FAILED)
            .answered(Choice.Accept)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Undoing);
    assertThat(advanced(decision).message())
        .isEqualTo(
            "bob answered Accept. The run ends as it is, by a human's decision. The drill puts back"
                + " what it did.");
  }
}
