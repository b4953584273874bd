package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.after;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.backstep.api.v1alpha1.Choice;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.api.v1alpha1.RunStatus;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Close;
import dev.backstep.runbook.Decision.Wait;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds on every way through the state machine, whatever the world does. */
class EngineTest {
  private static final int SEEDS = 2_000;
  private static final int STEPS = 200;
  private static final Set<Phase> WORKING =
      EnumSet.of(Phase.Pending, Phase.Checking, Phase.Acting, Phase.Verifying, Phase.Soaking);

  /** What has to hold for one step. */
  private interface Rule {
    void check(RunSnapshot before, Decision decision, RunSnapshot after);
  }

  private static void everyStepOfEveryWalk(Rule rule) {
    for (var seed = 0; seed < SEEDS; seed++) {
      walk(seed, rule);
    }
  }

  private static void walk(int seed, Rule rule) {
    var world = new RandomWorld(seed);
    for (var step = 0; step < STEPS; step++) {
      var before = world.snapshot();
      try {
        var decision = Engine.decide(before);
        rule.check(before, decision, after(before, decision));
        world.move(decision);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed %d, step %d: %s%nin %s".formatted(seed, step, e.getMessage(), before), e);
      }
    }
  }

  @Test
  void theWalksSeeEveryPhaseAndEveryQuestion() {
    // given
    var phases = EnumSet.noneOf(Phase.class);
    var reasons = new HashSet<String>();

    // when
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          phases.add(before.run().phase());
          phases.add(next.run().phase());
          if (next.run().question() != null) {
            reasons.add(next.run().question().reason());
          }
        });

    // then
    assertThat(phases).containsAll(EnumSet.complementOf(EnumSet.of(Phase.Idle, Phase.Failed)));
    assertThat(reasons).hasSameSizeAs(Ask.values());
  }

  @Test
  void everyWriteCountsUpByExactlyOne() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var writes = !(decision instanceof Wait) && !(decision instanceof Close);
          assertThat(next.run().seq()).isEqualTo(before.run().seq() + (writes ? 1 : 0));
        });
  }

  @Test
  void theSameSnapshotAlwaysGivesTheSameDecision() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (!Engine.decide(before).equals(decision)) {
            fail("another decision the second time");
          }
        });
  }

  @Test
  void anIntentIsNeverReplacedWithoutAnOutcome() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var open = before.run().intent();
          if (open != null && !open.equals(next.run().intent())) {
            assertThat(before.effect()).isInstanceOf(Effect.Report.class);
            assertThat(next.run().intent()).isNull();
          }
          if (open == null && next.run().intent() != null) {
            assertThat(decision).isInstanceOf(Act.class);
          }
        });
  }

  @Test
  void noTwoEffectsOfARunHaveTheSameMark() {
    for (var seed = 0; seed < SEEDS; seed++) {
      var marks = new HashSet<String>();
      walk(
          seed,
          (before, decision, next) -> {
            if (decision instanceof Act act && !marks.add(act.run().intent().mark())) {
              fail("used twice: " + act.run().intent().mark());
            }
          });
    }
  }

  @Test
  void whatHasEndedStaysEndedUnlessItIsToBeReleased() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var ended = !before.run().phase().isOpen();
          if (ended && !(decision instanceof Wait)) {
            assertThat(next.run().phase()).isEqualTo(Phase.Releasing);
            assertThat(before.deleting() || Engine.wishes(before, Run.State.Released)).isTrue();
            assertThat(before.run().phase()).isNotEqualTo(Phase.Released);
          }
        });
  }

  @Test
  void whatHasBegunToEndNeverActsAgain() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (ending(before.run())) {
            assertThat(next.run().phase()).isNotIn(WORKING);
          }
        });
  }

  private static boolean ending(RunStatus run) {
    var releasing =
        run.question() != null && run.question().reason().equals(Reasons.RELEASE_FAILED);
    return releasing || !(WORKING.contains(run.phase()) || run.phase() == Phase.AwaitingAnswer);
  }

  @Test
  void whoWaitsInAnOpenPhaseKnowsWhatFor() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var phase = before.run().phase();
          var timeless = decision instanceof Wait wait && wait.until() == null;
          if (timeless && phase.isOpen() && phase != Phase.AwaitingAnswer) {
            assertThat(awaitsEffect(before) || awaitsWork(before) || awaitsGates(before)).isTrue();
          }
          if (decision instanceof Wait wait && wait.until() != null) {
            assertThat(wait.until()).isAfter(before.now());
          }
        });
  }

  private static boolean awaitsEffect(RunSnapshot snapshot) {
    return snapshot.run().intent() != null && snapshot.effect() instanceof Effect.InFlight;
  }

  private static boolean awaitsWork(RunSnapshot snapshot) {
    var phase = snapshot.run().phase();
    return (phase == Phase.Acting || phase == Phase.Releasing) && snapshot.work() == null;
  }

  private static boolean awaitsGates(RunSnapshot snapshot) {
    var phase = snapshot.run().phase();
    var measuring = phase == Phase.Checking || phase == Phase.Verifying || phase == Phase.Soaking;
    return measuring && Gates.now(snapshot).verdict() == Verdict.PENDING;
  }

  @Test
  void aQuestionIsOpenWheneverAndOnlyWhenARunAwaitsAnAnswer() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var question = next.run().question();
          assertThat(question != null).isEqualTo(next.run().phase() == Phase.AwaitingAnswer);
          if (question != null) {
            assertThat(question.choices()).isNotEmpty();
            var climbs = question.choices().contains(Choice.NextLevel);
            assertThat(!climbs || next.hasNextLevel()).isTrue();
          }
        });
  }

  @Test
  void activeSaysTheSameAsThePhaseAndARunEndsOnce() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var run = next.run();
          assertThat(run.active()).isEqualTo(run.phase().isOpen());
          assertThat(run.phase().isOpen() || run.endedAt() != null).isTrue();
          var ended = before.run().endedAt();
          assertThat(ended == null || ended.equals(run.endedAt())).isTrue();
        });
  }

  @Test
  void levelsAreOnlyClimbedAndALevelThatWasLeftHasAnOutcome() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var from = before.run().level();
          var to = next.run().level();
          if (from != null) {
            assertThat(to).isBetween(from, from + 1);
          }
          for (var i = 0; to != null && i < to; i++) {
            assertThat(next.run().levels().get(i).outcome()).isNotNull();
          }
        });
  }

  @Test
  void whatIsHeldChangesOnlyByTheOutcomeOfAnEffect() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (!(before.effect() instanceof Effect.Report)) {
            assertThat(next.holds()).isEqualTo(before.holds());
          }
        });
  }

  @Test
  void noEffectIsDecidedOnceTheRunIsToStop() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var stop = before.deleting() || Engine.wishes(before, Run.State.Aborted);
          if (stop && decision instanceof Act) {
            assertThat(before.run().phase()).isEqualTo(Phase.Releasing);
          }
        });
  }

  @Test
  void messagesAreSentences() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var message = next.run().message();
          if (message.contains("  ") || message.isBlank() || message.contains("null")) {
            fail("not a sentence: '" + message + "'");
          }
        });
  }
}
