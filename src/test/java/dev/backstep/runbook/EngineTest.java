package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.after;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.api.v1alpha1.status.UsedApproval;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.measure.Verdict;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.runbook.Decision.Wait;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What holds on every way through the state machine, whatever the world does. */
class EngineTest {
  /** Phases whose targets are looked at; a look always ends. */
  private static final Set<Phase> LOOKED_AT =
      EnumSet.of(Phase.Acting, Phase.Soaking, Phase.Aborting, Phase.Releasing, Phase.Undoing);

  private static final int SEEDS = 250;
  private static final int MANY_SEEDS = 2_000;
  private static final int STEPS = 200;
  private static final Set<Phase> WORKING =
      EnumSet.of(
          Phase.Pending,
          Phase.Checking,
          Phase.AwaitingApproval,
          Phase.Acting,
          Phase.Verifying,
          Phase.Soaking);

  /** What has to hold for one step. */
  private interface Rule {
    void check(RunSnapshot before, Decision decision, RunSnapshot after);
  }

  private int firstSeed;

  /** Every test walks on ways of its own. */
  @BeforeEach
  void seeds(TestInfo test) {
    firstSeed = Math.abs(test.getDisplayName().hashCode() % 1_000) * 10_000;
  }

  private void everyStepOfEveryWalk(Rule rule) {
    everyWalk(() -> rule);
  }

  /** A rule that remembers something is made anew for each walk. */
  private void everyWalk(Supplier<Rule> rule) {
    walks(firstSeed, SEEDS, rule);
  }

  private static void walks(int first, int count, Supplier<Rule> rule) {
    IntStream.range(first, first + count).parallel().forEach(seed -> walk(seed, rule.get()));
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
    var phases = ConcurrentHashMap.<Phase>newKeySet();
    var reasons = ConcurrentHashMap.<String>newKeySet();

    // when
    walks(
        0,
        MANY_SEEDS,
        () ->
            (before, decision, next) -> {
              phases.add(before.run().phase());
              phases.add(next.run().phase());
              if (next.run().question() != null) {
                reasons.add(next.run().question().reason());
              }
            });

    // then
    assertThat(phases).containsAll(EnumSet.complementOf(EnumSet.of(Phase.Idle, Phase.Failed)));
    assertThat(reasons)
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(Ask.values()).map(Ask::reason).toList());
  }

  @Test
  void everyWriteCountsUpByExactlyOne() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var writes = decision instanceof Advance || decision instanceof Act;
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
            assertThat(before.progress()).isInstanceOf(Progress.Report.class);
            assertThat(next.run().intent()).isNull();
          }
          if (open == null && next.run().intent() != null) {
            assertThat(decision).isInstanceOf(Act.class);
          }
        });
  }

  @Test
  void noTwoEffectsOfARunHaveTheSameMark() {
    everyWalk(
        () -> {
          var marks = new HashSet<String>();
          return (before, decision, next) -> {
            if (decision instanceof Act act && !marks.add(act.run().intent().mark())) {
              fail("used twice: " + act.run().intent().mark());
            }
          };
        });
  }

  /** A run may also be undone after its end; and what a human left held goes with the plan. */
  @Test
  void whatHasEndedStaysEndedUnlessItIsToBeReleasedOrUndone() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var from = before.run().phase();
          var to = next.run().phase();
          if (!from.isOpen() && from != to) {
            var released =
                to == Phase.Releasing
                    && from != Phase.Undone
                    && from != Phase.Released
                    && Engine.wishes(before, Run.State.Released);
            var undone = to == Phase.Undoing && Engine.wishes(before, Run.State.Undone);
            var deleted = to == Phase.Releasing && before.deleting();
            assertThat(released || undone || deleted).isTrue();
          }
        });
  }

  /**
   * With one exception: semantics 1.5 lets a human answer that what was given back, and made the
   * system unhealthy, is held again.
   */
  @Test
  void whatHasBegunToEndNeverActsAgain() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var ends = ending(before.run()) || UndoApproval.isAwaited(before);
          if (ends && !heldAgain(before, next) && !UndoApproval.isAwaited(next)) {
            assertThat(next.run().phase()).isNotIn(WORKING);
          }
        });
  }

  private static boolean ending(RunStatus run) {
    var asks =
        run.question() != null
            && Set.of(
                    Reasons.RELEASE_FAILED,
                    Reasons.RELEASE_UNKNOWN,
                    Reasons.RELEASE_GATE,
                    Reasons.RELEASED_UNHEALTHY,
                    Reasons.UNDO_FAILED,
                    Reasons.UNDO_REJECTED,
                    Reasons.UNDO_UNKNOWN)
                .contains(run.question().reason());
    return asks || !(WORKING.contains(run.phase()) || run.phase() == Phase.AwaitingAnswer);
  }

  private static boolean heldAgain(RunSnapshot before, RunSnapshot next) {
    var question = before.run().question();
    return question != null
        && question.reason().equals(Reasons.RELEASED_UNHEALTHY)
        && question.id().equals(next.run().answered())
        && before.wish().answer().choice() == Choice.Retry;
  }

  @Test
  void whoWaitsInAnOpenPhaseKnowsWhatFor() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var phase = before.run().phase();
          var timeless = decision instanceof Wait wait && wait.until() == null;
          if (timeless && phase.isOpen() && phase != Phase.AwaitingAnswer) {
            var known =
                awaitsEffect(before)
                    || awaitsWork(before)
                    || awaitsGates(before)
                    || awaitsConsent(before)
                    || before.run().pausedSince() != null;
            assertThat(known).isTrue();
          }
          if (decision instanceof Wait wait && wait.until() != null) {
            assertThat(wait.until()).isAfter(before.now());
          }
        });
  }

  private static boolean awaitsEffect(RunSnapshot snapshot) {
    return snapshot.run().intent() != null && snapshot.progress() instanceof Progress.InFlight;
  }

  private static boolean awaitsWork(RunSnapshot snapshot) {
    return LOOKED_AT.contains(snapshot.run().phase()) && snapshot.work() == null;
  }

  private static boolean awaitsConsent(RunSnapshot snapshot) {
    var asked =
        snapshot.run().phase() == Phase.Acting
            || snapshot.run().phase() == Phase.AwaitingApproval
            || UndoApproval.replacing(snapshot).isPresent();
    return asked && (snapshot.consent() == null || snapshot.hashes().isEmpty());
  }

  private static boolean awaitsGates(RunSnapshot snapshot) {
    var gates =
        switch (snapshot.run().phase()) {
          case Checking, Verifying, Soaking -> snapshot.judges().decidingGates();
          case Releasing -> snapshot.judges().healthGates();
          case Acting ->
              snapshot.allActed() ? null : snapshot.judges().named(snapshot.action().verify());
          default -> null;
        };
    return gates != null && Gates.now(snapshot, gates).verdict() == Verdict.PENDING;
  }

  @Test
  void aQuestionIsOpenWheneverAndOnlyWhenARunAwaitsAnAnswer() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var question = next.run().question();
          assertThat(question != null).isEqualTo(next.run().phase() == Phase.AwaitingAnswer);
          if (question != null) {
            assertThat(question.choices()).isNotEmpty();
          }
        });
  }

  @Test
  void aQuestionTakesTheAnswersOfItsTableButNextLevelOnlyWhereOneIsLeft() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var question = next.run().question();
          if (question != null && before.run().question() == null) {
            var expected = new ArrayList<>(Ask.of(question.reason()).choices());
            if (!anotherLevel(next.run())) {
              expected.remove(Choice.NextLevel);
            }
            assertThat(question.choices()).isEqualTo(expected);
          }
        });
  }

  /** Before the first level the question is about the first that is left. */
  private static boolean anotherLevel(RunStatus run) {
    var at = run.level() == null ? -1 : run.level();
    var left =
        IntStream.range(at + 1, run.levels().size())
            .filter(index -> run.levels().get(index).outcome() == null)
            .count();
    return run.level() == null ? left > 1 : left > 0;
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

  /** What is held again is held by the level that held it before. */
  @Test
  void levelsAreOnlyClimbedAndALevelThatWasLeftHasAnOutcome() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var from = before.run().level();
          var to = next.run().level();
          if (from != null && !heldAgain(before, next)) {
            assertThat(to).isGreaterThanOrEqualTo(from);
          }
          for (var i = 0; to != null && i < to; i++) {
            assertThat(next.run().levels().get(i).outcome()).isNotNull();
          }
        });
  }

  @Test
  void whatIsHeldChangesOnlyByTheOutcomeOfAnEffectOrWhereAHumanSaysIt() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var known = before.progress() instanceof Progress.Report || foundGivenBack(before);
          if (!known && !saidByAHuman(before)) {
            assertThat(next.holds()).isEqualTo(before.holds());
          }
        });
  }

  /** Skip takes what nobody knows as done, or as given back. */
  private static boolean saidByAHuman(RunSnapshot before) {
    var question = before.run().question();
    return question != null
        && Ask.of(question.reason()).wantsALook()
        && before.wish() != null
        && before.wish().answer() != null
        && before.wish().answer().choice() == Choice.Skip;
  }

  /**
   * Nothing is left to be given back: the targets are as before, or as somebody else wants them.
   */
  private static boolean foundGivenBack(RunSnapshot before) {
    var back = Engine.ending(before) || before.allActed();
    return back
        && (before.work() instanceof Work.Observed || before.work() instanceof Work.Drifted);
  }

  @Test
  void nothingIsAppliedOnceTheRunIsToStop() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var stop = before.deleting() || Engine.stopAsked(before);
          if (stop && decision instanceof Act act) {
            assertThat(act.run().intent().verb()).isNotEqualTo(Intent.Verb.Apply);
          }
        });
  }

  @Test
  void anAbortStopsAlsoAReleaseAndAnUndoBeforeTheNextEffect() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (Engine.wishes(before, Run.State.Aborted)
              && !before.deleting()
              && decision instanceof Act act) {
            // What goes on by itself is ended.
            assertThat(act.run().intent().verb()).isEqualTo(Intent.Verb.Stop);
          }
        });
  }

  @Test
  void aPausedRunBeginsNothingAndKeepsItsPhase() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var paused = Engine.wishes(before, Run.State.Paused) && !before.deleting();
          if (paused && decision instanceof Act) {
            fail("acted while paused");
          }
          // An abort that was under way, and the outcome of an effect that was, come to their end.
          var ends =
              before.run().phase() == Phase.Aborting
                  || before.progress() instanceof Progress.Report;
          if (paused && !ends && next.run().phase() != before.run().phase()) {
            fail("left " + before.run().phase() + " while paused");
          }
        });
  }

  @Test
  void aRunThatWasPausedGoesOnOnlyWhenThatIsWished() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var goesOn = before.run().pausedSince() != null && next.run().pausedSince() == null;
          if (goesOn) {
            assertThat(
                    before.deleting()
                        || Engine.stopAsked(before)
                        || Engine.wishes(before, Run.State.Running)
                        || ending(before.run()) && Engine.wishes(before, Run.State.Released))
                .isTrue();
          }
        });
  }

  /**
   * An approval is used in the write of the first effect, by a level that was approved as it is
   * now, and never again by another one, or after something that was done is to be done again.
   */
  @Test
  void aLevelThatWantsApprovalNeverActsWithoutAlsoWhenNoHumanAskedForTheRun() {
    everyWalk(
        () -> {
          var acts = new boolean[1];
          return (before, decision, next) -> {
            if (wantsConsent(before, decision)) {
              if (!acts[0]) {
                assertThat(before.consent().policyProblem()).isNull();
                assertThat(before.consent().rejection()).isNull();
                assertThat(before.consent().given()).hasSizeGreaterThanOrEqualTo(wanted(before));
                assertThat(uids(next)).containsAll(given(before));
              }
              assertThat(before.hashes()).containsValue(next.run().approval().hash());
              acts[0] = true;
            }
            acts[0] = acts[0] && !interrupted(before, next);
          };
        });
  }

  /** A question, a pause, another level: whoever goes on looks again. */
  private static boolean interrupted(RunSnapshot before, RunSnapshot next) {
    return next.run().phase() != Phase.Acting
        || before.run().pausedSince() != null
        || !Objects.equals(before.run().level(), next.run().level());
  }

  private static List<String> uids(RunSnapshot snapshot) {
    return snapshot.run().approvals().stream().map(UsedApproval::uid).toList();
  }

  private static List<String> given(RunSnapshot snapshot) {
    return snapshot.consent().given().stream().map(ApprovalStatus.Given::uid).toList();
  }

  @Test
  void whatWasUsedStaysRecordedAndIsRecordedOnce() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          assertThat(next.run().approvals()).containsAll(before.run().approvals());
          assertThat(uids(next)).doesNotHaveDuplicates();
        });
  }

  private static int wanted(RunSnapshot snapshot) {
    return snapshot.automatic() ? 2 : 1;
  }

  /** Nothing live is touched while an action is made ready, before people are asked. */
  private static boolean wantsConsent(RunSnapshot before, Decision decision) {
    return applies(decision)
        && before.wantsApproval(before.level())
        && !Preparing.isUnderWay(before);
  }

  @Test
  void whatIsMadeReadyUsesNoApproval() {
    var prepared = new AtomicInteger();
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (applies(decision) && Preparing.isUnderWay(before)) {
            prepared.incrementAndGet();
            assertThat(next.run().approvals()).isEqualTo(before.run().approvals());
            assertThat(next.run().approval()).isEqualTo(before.run().approval());
          }
        });
    assertThat(prepared).hasPositiveValue();
  }

  private static boolean applies(Decision decision) {
    return decision instanceof Act act && act.run().intent().verb() == Intent.Verb.Apply;
  }

  @Test
  void whatIsDoneIsWhatWasApproved() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (wantsConsent(before, decision)) {
            assertThat(before.hashes()).containsValue(before.run().approval().hash());
          }
        });
  }

  @Test
  void aLevelThatDestroysSomethingWithoutABackupOnlyActsWhenAHumanSaysSo() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (applies(decision)
              && before.entering()
              && before.run().mode() == Run.Mode.Execute
              && before.traits().unprotected().contains(before.level().name())) {
            assertThat(before.run().agreed()).contains(Entering.NO_BACKUP);
          }
        });
  }

  @Test
  void aDrillNeverDestroysAnything() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (applies(decision) && before.run().mode() == Run.Mode.Drill) {
            assertThat(before.traits().destructive()).doesNotContain(before.level().name());
          }
        });
  }

  @Test
  void aDryRunNeverHasAnIntentUnlessItGivesBackWhatAnotherRunHeld() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (next.run().mode() == Run.Mode.DryRun && next.run().intent() != null) {
            assertThat(next.run().intent().verb()).isEqualTo(Intent.Verb.Release);
            assertThat(next.run().phase()).isEqualTo(Phase.Releasing);
          }
        });
  }

  @Test
  void onlyDryRunsAndDrillsAreCompletedAndTheyNeverSayThatTheSystemIsHealthy() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var real = next.run().mode() == Run.Mode.Execute;
          switch (next.run().phase()) {
            case Completed -> assertThat(real).isFalse();
            case Recovered, Mitigated, Exhausted, Checking, Verifying, Soaking ->
                assertThat(real).isTrue();
            default -> {
              // Everything else may be seen in every mode.
            }
          }
        });
  }

  @Test
  void aRunIsOnlyHealthyWhenItsGatesAreOrAHumanSaysSo() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var phase = next.run().phase();
          var healthy = phase == Phase.Recovered || phase == Phase.Mitigated;
          if (healthy && before.run().phase() != phase) {
            switch (next.run().reason()) {
              case Reasons.SOAKED, Reasons.HEALTHY ->
                  assertThat(Gates.within(before).verdict()).isEqualTo(Verdict.HEALTHY);
              case Reasons.ALREADY_HEALTHY -> {
                assertThat(before.run().phase()).isEqualTo(Phase.Checking);
                assertThat(before.judges().decidingGates()).isNotEmpty();
                assertThat(Gates.now(before).verdict()).isEqualTo(Verdict.HEALTHY);
              }
              case Reasons.ACCEPTED_BY_HUMAN -> assertThat(accepted(before)).isTrue();
              default -> fail("healthy because of " + next.run().reason());
            }
          }
        });
  }

  /** Now, or before what was going on was ended. */
  private static boolean accepted(RunSnapshot before) {
    return before.run().leaving() == Choice.Accept
        || before.wish().answer().choice() == Choice.Accept;
  }

  @Test
  void aPromiseThatIsNotKeptChangesNothingAndIsSaidOnce() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (!next.run().missed().equals(before.run().missed())) {
            var same =
                RunStatusBuilder.builder(next.run())
                    .seq(before.run().seq())
                    .missed(before.run().missed())
                    .reason(before.run().reason())
                    .message(before.run().message())
                    .build();
            assertThat(same).isEqualTo(before.run());
            assertThat(next.holds()).isEqualTo(before.holds());
            assertThat(next.run().missed()).doesNotHaveDuplicates();
          }
        });
  }

  @Test
  void everyActionIsPutBackAtMostOnceAndTheLastOneFirst() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          var undone = next.run().undone().stream().map(UndoStatus::action).toList();
          var done =
              next.run().levels().stream()
                  .flatMap(level -> level.actions().stream())
                  .map(ActionStatus::name)
                  .toList();
          for (var i = 1; i < undone.size(); i++) {
            if (done.indexOf(undone.get(i - 1)) <= done.indexOf(undone.get(i))) {
              fail("put back in this order: " + undone);
            }
          }
        });
  }

  @Test
  void aRunIsOnlyUndoneWhenNothingIsLeftToPutBackOrAHumanAcceptsThat() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          if (before.run().phase() == Phase.Undoing && !next.run().phase().isOpen()) {
            assertThat(Undoing.current(before)).isNull();
          }
        });
  }

  @Test
  void messagesAreSentences() {
    everyStepOfEveryWalk(
        (before, decision, next) -> {
          sentence(next.run().message());
          if (next.run().question() != null) {
            sentence(next.run().question().message());
          }
        });
  }

  private static void sentence(String message) {
    if (message.contains("  ")
        || message.contains("..")
        || message.contains("null")
        || message.startsWith(" ")
        || !message.matches("(?s)[A-Za-z0-9].*[.?!)]")) {
      fail("not a sentence: '" + message + "'");
    }
  }
}
