package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.ActionStatusBuilder;
import dev.backstep.api.v1alpha1.status.DrillStatus;
import dev.backstep.api.v1alpha1.status.LevelStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.PlanYaml;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The last good drill of each action outlives its run. */
class DrillsTest {
  private static final DrillStatus EARLIER =
      new DrillStatus("a", "nightly-1", Said.NOW.minusSeconds(86_400), "2 min 0 s", "It works.");

  private static ActionStatus action(String name, Outcome outcome) {
    return ActionStatusBuilder.builder()
        .name(name)
        .outcome(outcome)
        .startedAt(Said.NOW)
        .endedAt(Said.NOW.plusSeconds(252))
        .message("It went so.")
        .build();
  }

  private static RollbackPlanStatus after(Run.Mode mode, ActionStatus... actions) {
    var level = LevelStatusBuilder.builder().name("first").actions(Arrays.asList(actions)).build();
    var run = Said.run(Phase.Completed).id("nightly-2").mode(mode).levels(List.of(level)).build();
    return RollbackPlanStatusBuilder.builder().drills(List.of(EARLIER)).run(run).build();
  }

  private static List<DrillStatus> drills(RollbackPlanStatus status) {
    return Drills.of(PlanYaml.spec(Said.PLAN), status);
  }

  @Test
  void whatADrillDidWellIsKeptWithHowLongItTook() {
    assertThat(drills(after(Run.Mode.Drill, action("a", Outcome.Succeeded))))
        .containsExactly(
            new DrillStatus(
                "a", "nightly-2", Said.NOW.plusSeconds(252), "4 min 12 s", "It went so."));
  }

  @Test
  void whatWentWrongOrWasOnlyShownIsNone() {
    assertThat(
            drills(
                after(Run.Mode.Drill, action("a", Outcome.Failed), action("b", Outcome.Previewed))))
        .containsExactly(EARLIER);
  }

  @Test
  void aRunThatIsNoDrillIsNone() {
    assertThat(drills(after(Run.Mode.Execute, action("a", Outcome.Succeeded))))
        .containsExactly(EARLIER);
  }

  @Test
  void whatThePlanDoesNotHaveAnyMoreIsForgotten() {
    assertThat(drills(after(Run.Mode.Drill, action("gone", Outcome.Succeeded))))
        .containsExactly(EARLIER);
  }
}
