package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.after;
import static dev.backstep.runbook.Decisions.holds;
import static dev.backstep.runbook.Decisions.lastAction;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent.Verb;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Close;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What becomes of effects of which nobody can find out in time how they ended, and of those that
 * may still happen. The intent may be sent for 2 minutes, and the action has 10.
 */
class UndecidedTest {
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);
  private static final Duration TIME = Duration.ofMinutes(12);
  private static final Instant LANDED = START.plus(Duration.ofMinutes(13));

  private static RunSnapshots notKnown(Duration time) {
    return run()
        .in(Phase.Acting, 0)
        .begun(underWay("restart-web", 0))
        .intent(Verb.Apply)
        .progress(Reports.notKnown("The API server does not answer.", WORKER))
        .after(time);
  }

  /** A run that asks what became of an effect that could not be found out in time. */
  private static RunSnapshot asked(Choice choice) {
    return asked(notKnown(TIME).build(), choice);
  }

  private static RunSnapshot mayLand(Choice choice) {
    return asked(notKnown(TIME).progress(Reports.mayLand(LANDED, WORKER)).build(), choice);
  }

  private static RunSnapshot asked(RunSnapshot open, Choice choice) {
    var unknown = after(open, Engine.decide(open));
    var question = after(unknown, Engine.decide(unknown));
    var answer =
        new Run.Answer(question.run().question().id(), choice, "bob", "I looked: it was not");
    return question
        .with()
        .wish(question.wish().with().answer(answer).build())
        .progress(new Progress.None())
        .work(new Work.ToDo(1, "Deployment web"))
        .build();
  }

  @Test
  void itIsTriedAgainForTheTimeoutOfTheAction() {
    // given
    var snapshot = notKnown(TIME.minusSeconds(1)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Close(snapshot.run().intent(), true));
  }

  @Test
  void whatCannotBeFoundOutInTimeIsUnknown() {
    // given
    var snapshot = notKnown(TIME).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var action = lastAction(advanced(decision), 0);
    assertThat(advanced(decision).intent()).isNull();
    assertThat(action.outcome()).isEqualTo(Outcome.Unknown);
    assertThat(action.message()).isEqualTo("The API server does not answer.");
    assertThat(action.sent().get(0).how(0)).isEqualTo(How.Applied);
    assertThat(action.sent().get(0).undecided(1)).isTrue();
  }

  /** A process that was not there for an hour has not tried it. */
  @Test
  void whoTakesOverTriesItOnceHoweverLateItIs() {
    // given
    var snapshot = notKnown(Duration.ofHours(1)).progress(new Progress.None()).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isInstanceOf(Close.class);
  }

  @Test
  void aRunThatIsToStopTriesItForAMinute() {
    // given
    var early = notKnown(Duration.ofSeconds(59)).in(Phase.Aborting, 0).build();
    var late = notKnown(Duration.ofSeconds(60)).in(Phase.Aborting, 0).build();

    // when
    var ended = after(late, Engine.decide(late));

    // then
    assertThat(Engine.decide(early)).isInstanceOf(Close.class);
    assertThat(ended.run().intent()).isNull();
    assertThat(advanced(Engine.decide(ended)).phase()).isEqualTo(Phase.Aborted);
    assertThat(advanced(Engine.decide(ended)).message())
        .contains("What may have changed: Deployment web (restart-web).");
  }

  @Test
  void aReleaseThatCannotBeFoundOutInTimeAsks() {
    // given
    var snapshot =
        run()
            .in(Phase.Releasing, 0)
            .holding(WORKER)
            .intent(Verb.Release)
            .progress(Reports.notKnown("The API server does not answer.", null))
            .after(TIME)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.RELEASE_UNKNOWN);
    assertThat(advanced(decision).intent()).isNull();
  }

  @Test
  void aRetryClosesItBeforeAnythingIsSent() {
    // given
    var snapshot = asked(Choice.Retry);
    var intent = notKnown(TIME).build().run().intent();

    // when
    var retried = after(snapshot, Engine.decide(snapshot));

    // then
    assertThat(retried.run().phase()).isEqualTo(Phase.Acting);
    assertThat(retried.run().intent().mark()).isEqualTo(intent.mark());
    assertThat(retried.run().intent().notAfter()).isBeforeOrEqualTo(retried.now());
    assertThat(retried.run().givenUp().orElseThrow().undecided(1)).isTrue();
    assertThat(Engine.decide(retried)).isInstanceOf(Close.class);
  }

  @Test
  void whatTheRetryFindsOutReplacesWhatWasNotKnown() {
    // given
    var snapshot = asked(Choice.Retry);
    var retried = after(snapshot, Engine.decide(snapshot));

    // when
    var closed = retried.withProgress(Reports.of(1, 1, List.of(), List.of()));
    var decision = Engine.decide(closed);

    // then
    var action = lastAction(advanced(decision), 0);
    assertThat(action.sent()).hasSize(1);
    assertThat(action.sent().get(0).undecided()).isFalse();
    assertThat(action.sent().get(0).attempt()).isEqualTo(2);
    assertThat(
            acted(Engine.decide(after(closed, decision).withProgress(new Progress.None())))
                .intent()
                .effect())
        .isEqualTo(2);
  }

  @Test
  void anUndoIsTriedAgainOnlyWhenItIsClosed() {
    // given
    var open =
        run()
            .in(Phase.Undoing, 0)
            .begun(underWay("restart-web", 1))
            .intent(Verb.Undo)
            .progress(Reports.notKnown("The API server does not answer.", null))
            .after(TIME)
            .build();
    var question = after(open, Engine.decide(open));
    var answer = new Run.Answer(question.run().question().id(), Choice.Retry, "bob", "I looked");

    // when
    var decision = Engine.decide(question.withWish(question.wish().with().answer(answer).build()));

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Undoing);
    assertThat(advanced(decision).intent().mark()).isEqualTo(open.run().intent().mark());
  }

  @Test
  void whatIsTakenAsDoneIsHeld() {
    // given
    var snapshot = mayLand(Choice.Skip);

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(holds(decision)).containsExactly(WORKER);
    assertThat(lastAction(advanced(decision), 0).sent().get(0).how(0)).isEqualTo(How.Applied);
  }

  @Test
  void whatDidNotHappenIsNotHeld() {
    // given
    var snapshot = mayLand(Choice.Retry);

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(holds(decision)).isEmpty();
  }

  @Test
  void aRetryIsTakenAtOnceAndSentWhenNothingCanLandAnyMore() {
    // given
    var snapshot = mayLand(Choice.Retry);

    // when
    var retried = after(snapshot, Engine.decide(snapshot));

    // then
    assertThat(retried.run().message()).contains("bob answered Retry.", LANDED.toString());
    assertThat(Engine.decide(retried)).isEqualTo(new Wait(LANDED));
    assertThat(acted(Engine.decide(retried.withNow(LANDED))).intent().effect()).isEqualTo(2);
  }

  /** While it may land, the time of the action does not run. */
  @Test
  void whoWaitsForSomethingToLandIsNotLate() {
    // given
    var snapshot = mayLand(Choice.Retry);
    var retried = after(snapshot, Engine.decide(snapshot));

    // when
    var later = retried.withNow(LANDED.plus(Duration.ofMinutes(9)));

    // then
    assertThat(acted(Engine.decide(later)).intent()).isNotNull();
  }

  @Test
  void whatMayStillLandIsTakenBackAfterwards() {
    // given
    var snapshot = mayLand(Choice.Skip);
    var skipped = after(snapshot, Engine.decide(snapshot));
    var undoing =
        skipped
            .withRun(skipped.run().with().phase(Phase.Undoing).build())
            .withWork(new Work.ToDo(1, "POST /undo"));

    // when
    var decision = Engine.decide(undoing);

    // then
    assertThat(decision).isEqualTo(new Wait(LANDED));
    assertThat(acted(Engine.decide(undoing.withNow(LANDED))).intent().verb()).isEqualTo(Verb.Undo);
  }

  /** Nobody listens: each attempt is written down three times. */
  @Test
  void anUndoThatCouldNotBeSentIsNotSentAgainAtOnce() {
    // given
    var open =
        run()
            .in(Phase.Undoing, 0)
            .begun(underWay("restart-web", 1))
            .intent(Verb.Undo)
            .progress(Reports.notSent("Nobody listens"))
            .work(new Work.ToDo(1, "POST /undo"))
            .build();

    // when
    var notSent = after(open, Engine.decide(open)).withProgress(new Progress.None());

    // then
    assertThat(Engine.decide(notSent)).isInstanceOf(Wait.class);
    assertThat(acted(Engine.decide(notSent.withNow(open.now().plusSeconds(4)))).intent())
        .isNotNull();
  }
}
