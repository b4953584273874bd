package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.backstep.api.v1alpha1.status.LevelReadiness;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.measure.Reading;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ready is that at least one level can act, Executable that every one can. */
class ExecutabilityTest {
  private static final Says EXECUTABILITY = new Executability();

  private static String ready(Said plan) {
    return Said.text(plan.by(EXECUTABILITY), "Ready");
  }

  private static String executable(Said plan) {
    return Said.text(plan.by(EXECUTABILITY), "Executable");
  }

  @Test
  void aPlanWithoutProblemsIsBoth() {
    assertThat(ready(Said.plan())).isEqualTo("True Checked: Every level can be carried out.");
    assertThat(executable(Said.plan())).isEqualTo("True Checked: Every level can be carried out.");
  }

  @Test
  void aPlanIsReadyWhileOneLevelCanAct() {
    var plan = Said.plan().problem("restart", "May not patch.").problem("code", "No backup.");

    assertThat(ready(plan))
        .isEqualTo(
            "True Checked: 1 of 3 levels can be carried out, but not restart or code: condition"
                + " Executable says why.");
    assertThat(executable(plan))
        .isEqualTo("False Preflight: In level restart: May not patch. In level code: No backup.");
  }

  @Test
  void aPlanOfWhichNoLevelCanActIsNotReady() {
    var plan = Said.plan().problem("restart", "No.").problem("code", "No.").problem("again", "No.");

    assertThat(ready(plan))
        .isEqualTo("False Preflight: No level can be carried out: condition Executable says why.");
    assertThat(executable(plan)).isEqualTo("False Preflight: In all 3 levels: No.");
  }

  @Test
  void eachProblemIsSaidOnceWithItsLevelsInThePlansOrder() {
    var plan =
        Said.plan()
            .problem("again", "May not patch.")
            .problem("again", "No backup.")
            .problem("restart", "May not patch.");

    assertThat(executable(plan))
        .isEqualTo(
            "False Preflight: In levels restart and again: May not patch. In level again: No"
                + " backup.");
  }

  @Test
  void aCommandIsOnALineOfItsOwn() {
    var plan =
        Said.plan()
            .problem("restart", "No right:\nkubectl create\n")
            .problem("code", "No:\nkubectl x\n");

    assertThat(executable(plan))
        .isEqualTo(
            "False Preflight: In level restart: No right:\nkubectl create\nIn level code: No:\nkubectl x");
  }

  @Test
  void whatHasNoRoomIsCounted() {
    var plan = Said.plan();
    for (var i = 0; i < 40; i++) {
      plan.problem("code", "Deployment number %d does not exist in this namespace.".formatted(i));
    }

    assertThat(executable(plan).length()).isLessThan(1100);
    assertThat(executable(plan)).endsWith(" more: status.levels has all of them.");
    assertThat(Executability.levels(plan.view(), Set.of("code")).get(1).message().length())
        .isLessThan(1100);
  }

  @Test
  void aGateThatCannotBeMeasuredIsSaidBeforeItIsNeeded() {
    var plan = Said.plan().measured("api", Reading.error("Service web does not exist"));

    assertThat(ready(plan)).startsWith("True Checked:");
    assertThat(executable(plan))
        .startsWith(
            "False GateNotMeasurable: A run could act, but not tell whether it helped, so it would ask. Gate api cannot be measured: Service web does not exist.");
    assertThat(executable(Said.plan().measured("api", Reading.red("no"))))
        .startsWith("True Checked:");
    assertThat(executable(plan.problem("code", "No backup."))).startsWith("False Preflight:");
  }

  @Test
  void aPlanThatIsWrittenWronglyIsNeither() {
    var plan = Said.plan().invalid("spec.gates, gate api: no such field", "spec.run: no symptom");

    assertThat(ready(plan))
        .isEqualTo(
            "False InvalidPlan: Correct the plan: spec.gates, gate api: no such field. spec.run: no"
                + " symptom.");
    assertThat(executable(plan))
        .isEqualTo(
            "False InvalidPlan: The plan has to be corrected first: condition Ready says where.");
  }

  @Test
  void whatWasFoundBeforeTheRunIsKeptWhileItIsOpen() {
    var before = Said.plan().problem("code", "No backup.");
    var said = before.by(EXECUTABILITY).list();
    var open =
        Said.plan()
            .status(before.view().status().withConditions(said))
            .run(Said.run(Phase.Acting).build());

    assertThat(executable(open)).startsWith("False Preflight:").contains("No backup.");
  }

  /** A new process asks a database that takes its time. */
  @Test
  void whatWasFoundBeforeIsKeptWhileItIsChecked() {
    var before = Said.plan().problem("code", "No backup.");
    var said = before.by(EXECUTABILITY).list();
    var levels = Executability.levels(before.view(), Set.of());
    var status = before.view().status().with().conditions(said).levels(levels).build();
    var checked = Said.plan().status(status).beingChecked();

    assertThat(executable(checked)).startsWith("False Preflight:").contains("No backup.");
    assertThat(ready(checked)).startsWith("True Checked: 2 of 3");
    assertThat(Executability.levels(checked.view(), Set.of())).isEqualTo(levels);
  }

  @Test
  void aNewPlanIsNeitherWhileItIsChecked() {
    assertThat(ready(Said.plan().beingChecked()))
        .isEqualTo("Unknown Checked: It is being checked.");
    assertThat(executable(Said.plan().beingChecked()))
        .isEqualTo("Unknown Checked: It is being checked.");
  }

  @Test
  void eachLevelIsListedInThePlansOrder() {
    var plan = Said.plan().problem("code", "No backup.").problem("code", "May not patch.");

    assertThat(Executability.levels(plan.view(), Set.of("code")))
        .extracting(LevelReadiness::name, LevelReadiness::executable, LevelReadiness::destroys)
        .containsExactly(
            tuple("restart", true, false), tuple("code", false, true), tuple("again", true, false));
    assertThat(Executability.levels(plan.view(), Set.of("code")).get(1).message())
        .isEqualTo("No backup. May not patch.");
  }
}
