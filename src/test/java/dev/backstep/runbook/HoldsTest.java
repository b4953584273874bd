package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Wait;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HoldsTest {
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);
  private static final Hold OTHER = Plans.hold("INC-41", "queue", START);

  private static Hold hold(String action, String held) {
    return new Hold("INC-42", "claim", action, "scale", "Deployment", "api", "3", held, START);
  }

  private static RunSnapshots found(Hold... holds) {
    return run().world(snapshot -> snapshot.found(List.of(holds)));
  }

  @Test
  void runActionAndNumbersAreNamed() {
    assertThat(Holds.stillOff(List.of(hold("stop", "0"))))
        .isEqualTo(
            "Still off: Deployment api (3 -> 0, run INC-42, action stop). After the fix set"
                + " spec.run.state to Released to give it back.");
  }

  @Test
  void eachHoldOfOneWorkloadIsNamedWithItsOwnNumber() {
    assertThat(Holds.stillOff(List.of(hold("drain", "1"), hold("stop", "0"))))
        .startsWith(
            "Still held: Deployment api (3 -> 1, run INC-42, action drain), Deployment api (3 -> 0,"
                + " run INC-42, action stop).");
  }

  @Test
  void whatIsScaledUpIsNotOff() {
    assertThat(Holds.stillOff(List.of(hold("more", "6")))).startsWith("Still held: ");
  }

  @Test
  void manyAreCounted() {
    // given
    var many = IntStream.range(0, 12).mapToObj(i -> hold("stop-" + i, "0")).toList();

    // when
    var said = Holds.stillOff(many);

    // then
    assertThat(said).contains("action stop-9), and 2 more.").doesNotContain("stop-10");
  }

  @Test
  void whatGoesBackWithThePlanNeedsNobodyToAskForIt() {
    // given
    var snapshot = run().in(Phase.Aborting, 0).holding(WORKER).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).message())
        .endsWith("action stop-worker). It is given back now, before the plan is gone.");
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"Checking", "Acting", "Verifying", "Releasing", "Undoing", "Mitigated", "Aborted"})
  void whatIsFoundOnTheTargetsIsRememberedBeforeAnythingElse(Phase phase) {
    // given
    var snapshot = found(WORKER).in(phase, 0).holding(OTHER).wished(Run.State.Undone).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(Decisions.holds(decision)).containsExactly(OTHER, WORKER);
    assertThat(advanced(decision).phase()).isEqualTo(phase);
    assertThat(advanced(decision).reason()).isEqualTo(snapshot.run().reason());
    assertThat(advanced(decision).message())
        .startsWith("Found on the targets though the status did not know it. Still off: Deployment")
        .endsWith(snapshot.run().message());
  }

  @Test
  void aQuestionThatIsAskedStaysAsked() {
    // given
    var snapshot = found(WORKER).asking(Ask.STATUS_LOST).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question()).isEqualTo(snapshot.run().question());
  }

  @Test
  void anEndAtWhichNothingIsHeldStaysSoUntilSomethingIsAsked() {
    // given
    var recovered = found(WORKER).in(Phase.Recovered, 0);

    // when
    var decision = Engine.decide(recovered.build());

    // then
    assertThat(decision).isEqualTo(new Wait(null));
    var released = Engine.decide(recovered.wished(Run.State.Released).build());
    assertThat(advanced(released).phase()).isEqualTo(Phase.Releasing);
  }

  @Test
  void whatIsFoundWhenThePlanGoesAwayIsGivenBackAsWell() {
    // given
    var snapshot = found(WORKER).in(Phase.Recovered, 0).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
  }

  @Test
  void aHoldIsTheSameHoweverItWasRead() {
    // given
    var again =
        new Hold(
            "INC-42",
            "claim",
            "stop",
            "scale",
            "Deployment",
            "api",
            "3",
            "0",
            START.plusSeconds(1));

    // then
    assertThat(Holds.and(List.of(hold("stop", "0")), List.of(again, hold("drain", "1"))))
        .containsExactly(hold("stop", "0"), hold("drain", "1"));
  }
}
