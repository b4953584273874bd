package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.after;
import static dev.backstep.runbook.Decisions.holds;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent.Verb;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Wait;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is taken as given or put back, where nobody knows. */
class SkippingTest {
  private static final Hold WORKER =
      new Hold("INC-42", "claim", "restart-web", "http", "Service", "web", "on", "off", START);

  /** An action that did something, and of which nobody knows whether it was taken back. */
  private static ActionStatus unsettled(Verb verb) {
    var done = underWay("restart-web", 1);
    var back = Reports.sent(1, How.Unknown).get(0).withVerb(verb);
    return done.withSent(Stream.concat(done.sent().stream(), Stream.of(back)).toList());
  }

  private static RunSnapshots asked(Ask ask, ActionStatus action) {
    return run().in(Phase.AwaitingAnswer, 0).begun(action).asking(ask, "restart-web");
  }

  private static How back(RunSnapshot snapshot) {
    return snapshot.run().actions().findFirst().orElseThrow().sent().get(1).how(0);
  }

  @Test
  void anUndoOfWhichNobodyKnowsAsks() {
    // given
    var open =
        run()
            .in(Phase.Undoing, 0)
            .begun(underWay("restart-web", 1))
            .intent(Verb.Undo)
            .progress(Reports.unknown("No answer.", null));

    // when
    var decision = Engine.decide(open.build());

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.UNDO_UNKNOWN);
  }

  @Test
  void whatTheTargetsDoNotSayIsAskedToo() {
    // given
    var unknown = new Work.Unknown("Somebody deleted the Job.");
    var undoing = run().in(Phase.Undoing, 0).begun(underWay("restart-web", 1)).work(unknown);
    var releasing = run().in(Phase.Releasing, 0).holding(WORKER).work(unknown);

    // then
    assertThat(advanced(Engine.decide(undoing.build())).question().reason())
        .isEqualTo(Reasons.UNDO_UNKNOWN);
    assertThat(advanced(Engine.decide(releasing.build())).question().reason())
        .isEqualTo(Reasons.RELEASE_UNKNOWN);
  }

  @Test
  void itIsOnlyTakenBackAgainBySomebodyWhoLooked() {
    // given
    var silent = asked(Ask.UNDO_UNKNOWN, unsettled(Verb.Undo)).answered(Choice.Retry, " ");

    // when
    var decision = Engine.decide(silent.build());

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  /** The action is looked at once more: it may have more to be put back. */
  @Test
  void anUndoIsTakenAsDone() {
    // given
    var snapshot = asked(Ask.UNDO_UNKNOWN, unsettled(Verb.Undo)).answered(Choice.Skip).build();

    // when
    var skipped = after(snapshot, Engine.decide(snapshot));

    // then
    assertThat(skipped.run().phase()).isEqualTo(Phase.Undoing);
    assertThat(back(skipped)).isEqualTo(How.Applied);
    assertThat(skipped.run().undone()).isEmpty();
  }

  @Test
  void anActionWhoseTargetsDoNotSayItIsTakenAsPutBack() {
    // given
    var snapshot =
        asked(Ask.UNDO_UNKNOWN, underWay("restart-web", 1))
            .holding(WORKER)
            .answered(Choice.Skip)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).undone())
        .containsExactly(
            new UndoStatus(
                "restart-web",
                UndoStatus.Outcome.Undone,
                "Taken as put back, by decision of bob."));
    assertThat(holds(decision)).isEmpty();
  }

  @Test
  void aReleaseIsTakenAsDoneAndTheHoldGoesWhenItIsLookedAt() {
    // given
    var snapshot =
        asked(Ask.RELEASE_UNKNOWN, unsettled(Verb.Release))
            .holding(WORKER)
            .answered(Choice.Skip)
            .build();

    // when
    var skipped = after(snapshot, Engine.decide(snapshot));

    // then
    assertThat(back(skipped)).isEqualTo(How.Applied);
    assertThat(skipped.holds()).containsExactly(WORKER);
    var looked = skipped.with().work(new Work.Observed("so it is.")).build();
    assertThat(holds(Engine.decide(looked.withProgress(new Progress.None())))).isEmpty();
  }

  @Test
  void aHoldWhoseTargetDoesNotSayItIsTakenAsGivenBack() {
    // given
    var snapshot =
        asked(Ask.RELEASE_UNKNOWN, underWay("restart-web", 1))
            .holding(WORKER)
            .answered(Choice.Skip)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
    assertThat(holds(decision)).isEqualTo(List.of());
  }
}
