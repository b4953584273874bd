package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.journal.Journal;
import dev.backstep.measure.Reading;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@code kubectl get} shows. */
class StatusFactoryTest {
  private static RollbackPlanStatus status(Said plan) {
    var view = plan.view();
    var records = new Records((uid, steps) -> Journal.State.NONE);
    return StatusFactory.derive(
        view,
        view.status(),
        StatusFactory.all(
            records, new Notifying(it -> Optional.empty()), new Waiting(it -> Optional.empty())));
  }

  @Test
  void aPlanWithoutARunIsIdle() {
    var status = status(Said.plan().measured("api", Reading.green("200")));

    assertThat(status.phase()).isEqualTo(Phase.Idle);
    assertThat(status.standing()).isEqualTo("Idle");
    assertThat(status.reason()).isEqualTo("Idle");
    assertThat(status.level()).isNull();
    assertThat(status.observedGeneration()).isEqualTo(3);
    assertThat(status.conditions())
        .extracting(it -> it.getType())
        .containsExactly(
            "Ready", "Executable", "Healthy", "gates.backstep.dev/api", "gates.backstep.dev/web");
  }

  @Test
  void aRunIsAtALevelOfSeveral() {
    var levels = List.of(LevelStatus.waiting("restart"), LevelStatus.waiting("code"));
    var status = status(Said.plan().run(Said.run(Phase.Acting).levels(levels).level(1).build()));

    assertThat(status.phase()).isEqualTo(Phase.Acting);
    assertThat(status.level()).isEqualTo("2/2 code");
    assertThat(status.reason()).isEqualTo("Why");
  }

  @Test
  void aSuspendedPlanSaysSoUnlessARunIsOpen() {
    var suspended = Said.plan().with("suspend: true");
    assertThat(status(suspended).reason()).isEqualTo("Suspended");
    assertThat(status(suspended).standing()).isEqualTo("Idle,Suspended");

    suspended.run(Said.run(Phase.Acting).build());
    assertThat(status(suspended).reason()).isEqualTo("Why");
    assertThat(status(suspended).standing()).isEqualTo("Acting");
  }

  @Test
  void aPausedRunSaysSo() {
    var run = Said.run(Phase.Soaking).pausedSince(Said.NOW).build();

    assertThat(status(Said.plan().run(run)).reason()).isEqualTo("Paused");
    assertThat(status(Said.plan().run(run)).standing()).isEqualTo("Soaking,Paused");
  }

  @Test
  void whatARunSaysOfItsActionsHasABound() {
    var text = "workload ".repeat(1000);
    var action = ActionStatus.begun("a", Said.NOW).withMessage(text);
    var level = LevelStatus.waiting("restart").withActions(List.of(action));
    var undo = new UndoStatus("a", UndoStatus.Outcome.Partly, text);
    var run = Said.run(Phase.Undone).levels(List.of(level)).undone(List.of(undo)).build();

    var status = status(Said.plan().run(run)).run();

    assertThat(status.levels().get(0).actions().get(0).message()).hasSizeLessThanOrEqualTo(1024);
    assertThat(status.undone().get(0).message()).hasSizeLessThanOrEqualTo(1024);
    assertThat(status.message()).isEqualTo("What happened.");
  }
}
