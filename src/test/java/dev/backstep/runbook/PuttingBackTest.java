package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.SEQ;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PuttingBackTest {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Work TO_DO = new Work.ToDo(1, "Deployment api: 0 -> 3 replicas");
  private static final Hold API = hold("stop-api");
  private static final Level DRAIN =
      level("drain", "stop-api", "fix").withActions(List.of(whileActing(), Plans.action("fix")));

  private static Action whileActing() {
    return Plans.action("stop-api").withHoldUntil(Action.HoldUntil.LevelActed);
  }

  private static Hold hold(String action) {
    return new Hold("INC-42", "claim", action, "scale", "Deployment", "api", "3", "0", START);
  }

  private static RunSnapshots acting() {
    return run().levels(DRAIN).in(Phase.Acting, 0).holding(API);
  }

  private static RunSnapshots allActed() {
    return acting()
        .begun(ended("stop-api", Outcome.Succeeded), ended("fix", Outcome.Succeeded))
        .atAction(2)
        .work(TO_DO);
  }

  @Test
  void afterTheLastActionWhatWasHeldForTheLevelComesBackFirst() {
    // given
    var snapshot =
        acting()
            .begun(ended("stop-api", Outcome.Succeeded), underWay("fix", 1))
            .work(new Work.Observed("Done."))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.action()).isEqualTo(2);
    assertThat(next.message()).endsWith("What was held only for this level is put back.");
  }

  @Test
  void whatComesBackIsRecordedBeforeItIsSent() {
    // given
    var snapshot = allActed().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var intent = acted(decision).intent();
    assertThat(intent.verb()).isEqualTo(Intent.Verb.Release);
    assertThat(intent.mark()).isEqualTo("claim/stop-api/release/" + (SEQ + 1));
    assertThat(acted(decision).phase()).isEqualTo(Phase.Acting);
  }

  @Test
  void theGatesAreMeasuredOnceEverythingIsBack() {
    // given
    var snapshot = allActed().holding().work(null).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Verifying);
    assertThat(advanced(decision).message()).startsWith("What was held for the level is put back.");
  }

  @Test
  void whatIsHeldUntilTheReleaseStays() {
    // given
    var other = hold("stop-worker");
    var snapshot = allActed().holding(other).work(null).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Verifying);
    assertThat(Decisions.holds(decision)).containsExactly(other);
  }

  @Test
  void itIsWaitedForUntilTheTargetsWereLookedAt() {
    // given
    var snapshot = allActed().work(null).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void whatCannotBePutBackIsSaidAndLeftToTheGates() {
    // given
    var snapshot = allActed().after(LIMIT).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Verifying);
    assertThat(advanced(decision).message())
        .startsWith(
            "Not put back: Still off: Deployment api (3 -> 0, run INC-42, action stop-api).");
    assertThat(Decisions.holds(decision)).containsExactly(API);
  }

  @Test
  void aFailureIsRememberedAndNotTriedForEver() {
    // given
    var problem = new Problem("Forbidden", "May not patch api.");
    var snapshot = allActed().intent(Intent.Verb.Release).progress(Reports.failed(problem)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.reason()).isEqualTo(Reasons.RELEASE_FAILED);
    assertThat(advanced(Engine.decide(snapshot.with().run(next).progress(null).build())).phase())
        .isEqualTo(Phase.Verifying);
  }

  @Test
  void aPauseDoesNotCountForTheTimeItMayTake() {
    // given
    var paused = allActed().paused(Duration.ofMinutes(1)).after(Duration.ofHours(3)).build();

    // when
    var settled = Decisions.settled(paused);

    // then
    assertThat(acted(Engine.decide(settled)).intent().verb()).isEqualTo(Intent.Verb.Release);
  }

  @Test
  void anActionThatFailsLeavesItStoppedAndSaysSo() {
    // given
    var snapshot =
        acting()
            .begun(ended("stop-api", Outcome.Succeeded), ended("fix", Outcome.Failed))
            .work(Works.NOTHING_GOES_ON)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.ACTION_FAILED);
    assertThat(advanced(decision).message())
        .contains("Still off: Deployment api (3 -> 0, run INC-42, action stop-api).");
  }

  @Test
  void anAbortLeavesItStoppedAndSaysSo() {
    // given
    var snapshot = allActed().wished(Run.State.Aborted).build();

    // when
    var settled = Decisions.settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Aborted);
    assertThat(settled.run().message())
        .contains("Still off: Deployment api (3 -> 0, run INC-42, action stop-api).");
  }

  @Test
  void anActionThatWasLeftOutLongAgoDoesNotUseUpTheTime() {
    // given
    var fixed = ended("fix", Outcome.Succeeded).withEndedAt(START.plus(Duration.ofHours(1)));
    var skipped = ended("more", Outcome.Skipped);
    var snapshot =
        run()
            .levels(DRAIN.withActions(List.of(whileActing(), Plans.action("fix"), more())))
            .in(Phase.Acting, 0)
            .begun(ended("stop-api", Outcome.Succeeded), fixed, skipped)
            .atAction(3)
            .holding(API)
            .work(TO_DO)
            .after(Duration.ofHours(1))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().verb()).isEqualTo(Intent.Verb.Release);
  }

  private static Action more() {
    return Plans.action("more");
  }

  @ParameterizedTest
  @MethodSource("dev.backstep.runbook.Works#obstacles")
  void whatStandsInTheWayIsSaidAndLeftToTheGates(Work obstacle) {
    // given
    var snapshot = allActed().work(obstacle).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Verifying);
    assertThat(advanced(decision).message()).startsWith("Not put back: ").contains("In the way.");
    assertThat(Decisions.holds(decision)).containsExactly(API);
  }

  @Test
  void whatIsUnderWayIsLookedAtAgain() {
    // given
    var snapshot = allActed().work(new Work.Rolling("Ending.", Duration.ofSeconds(1))).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(snapshot.now().plusSeconds(1)));
  }
}
