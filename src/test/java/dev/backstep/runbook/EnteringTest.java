package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.ApprovalPolicy;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Symptom;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.measure.Verdict;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnteringTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Work TO_DO = new Work.ToDo(1, "Deployment web: restart all pods");
  private static final ApprovalStatus.Given DAVE = new ApprovalStatus.Given("u1", "dave");
  private static final Consent NOBODY = new Consent(1, List.of(), null, List.of(), null);
  private static final Level REVERT = level("revert", "revert-web");
  private static final Level GUARDED =
      level("restart", "restart-web").withPreconditions(List.of("api"));

  private static RunSnapshots entering() {
    return run().in(Phase.Acting, 0).work(TO_DO);
  }

  private static RunSnapshots stopped(Verdict verdict) {
    return entering()
        .world(it -> it.stops(List.of(new Stop("disk-full", verdict, "The disk is full"))));
  }

  private static ApprovalStatus approval(String hash) {
    return ApprovalStatusBuilder.builder()
        .level("restart")
        .hash(hash)
        .wants(1)
        .since(START)
        .round(2)
        .build();
  }

  @Test
  void aLevelThatWantsNothingActsAtOnce() {
    // given
    var snapshot = entering().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().action()).isEqualTo("restart-web");
  }

  @Test
  void aStopConditionThatIsMetAsks() {
    // given
    var snapshot = stopped(Verdict.UNHEALTHY).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.STOP_CONDITION);
    assertThat(question.about()).isEqualTo("disk-full");
    assertThat(question.choices())
        .containsExactly(Choice.Retry, Choice.Proceed, Choice.NextLevel, Choice.Accept);
    assertThat(question.message())
        .startsWith(
            "Stop condition disk-full, before level restart: The disk is full. Retry looks again.");
  }

  @Test
  void aStopConditionThatAHumanClearedIsNotLookedAtAgain() {
    // given
    var snapshot =
        stopped(Verdict.UNHEALTHY)
            .agreed(new Agreement(Agreement.What.StopCondition, "disk-full"))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent()).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = Verdict.class,
      names = {"HEALTHY", "INCONCLUSIVE"})
  void aStopConditionThatIsNotKnownToBeMetStopsNothingHarmless(Verdict verdict) {
    // given
    var snapshot = stopped(verdict).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent()).isNotNull();
  }

  @Test
  void aStopConditionThatCannotBeMeasuredStopsWhatDestroysSomething() {
    // given
    var snapshot = stopped(Verdict.INCONCLUSIVE).destructive(false, "restart").build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).reason()).isEqualTo(Reasons.STOP_CONDITION);
  }

  @Test
  void aStopConditionIsGivenAMinuteToBeMeasured() {
    // given
    var before = stopped(Verdict.PENDING).build();
    var after = stopped(Verdict.PENDING).after(LIMIT).build();

    // when
    var decisions = List.of(Engine.decide(before), Engine.decide(after));

    // then
    assertThat(decisions.get(0)).isEqualTo(new Wait(START.plus(LIMIT)));
    assertThat(acted(decisions.get(1)).intent()).isNotNull();
  }

  @Test
  void destructionWithoutABackupAsksWhateverThePlanSays() {
    // given
    var snapshot = entering().destructive(true, "restart").build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.STOP_CONDITION);
    assertThat(question.about()).isNull();
    assertThat(question.message()).startsWith("Stop condition no-backup-before-destruction");
  }

  @Test
  void aMaybeLevelAsksBeforeItActs() {
    // given
    var symptom =
        new Symptom("Errors", null, null, List.of("restart"), null, null, List.of("restart"));
    var snapshot =
        entering()
            .levels(level("restart", "restart-web").withDescription("Costs a minute"), REVERT)
            .symptom(symptom)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.CONFIRM);
    assertThat(question.message())
        .startsWith(
            "For symptom Errors level restart is a maybe: investigate first. It does this: Costs a"
                + " minute. Proceed");
  }

  @Test
  void preconditionsThatAreMetAreRemembered() {
    // given
    var snapshot = entering().levels(GUARDED, REVERT).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
    assertThat(advanced(decision).agreed()).containsExactly(Entering.PRECONDITIONS);
  }

  @Test
  void aLevelWhosePreconditionIsNotMetIsLeftOut() {
    // given
    var snapshot = entering().levels(GUARDED, REVERT).red("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Precondition);
  }

  @Test
  void aLevelWhosePreconditionIsNotMetAsksWhereThePlanSaysSo() {
    // given
    var asking = GUARDED.withOnUnmetPrecondition(Level.Next.Ask);
    var snapshot = entering().levels(asking, REVERT).red("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.PRECONDITION);
    assertThat(advanced(decision).question().about()).isNull();
  }

  @Test
  void aPreconditionThatCannotBeMeasuredInAMinuteFollowsOnInconclusive() {
    // given
    var before = entering().levels(GUARDED, REVERT).unmeasured("api").build();
    var after = entering().levels(GUARDED, REVERT).unmeasured("api").after(LIMIT).build();

    // when
    var decisions = List.of(Engine.decide(before), Engine.decide(after));

    // then
    assertThat(decisions.get(0)).isEqualTo(new Wait(START.plus(LIMIT)));
    assertThat(advanced(decisions.get(1)).question().reason()).isEqualTo(Reasons.PRECONDITION);
  }

  @Test
  void nothingIsDestroyedBecauseAPreconditionCouldNotBeMeasured() {
    // given
    var climbing = GUARDED.withOnInconclusive(Level.Next.NextLevel);
    var snapshot =
        entering().levels(climbing, REVERT).destructive(false, "revert").error("api", 4).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.PRECONDITION);
  }

  @Test
  void aLevelThatIsStillBeingCheckedIsWaitedFor() {
    // given
    var snapshot = entering().world(it -> it.problems(Map.of())).build();

    // then
    assertThat(Engine.decide(snapshot)).isEqualTo(new Decision.Wait(snapshot.now().plusSeconds(5)));
  }

  private static RunSnapshots doubted(boolean leavesLevel) {
    var doubt = new Work.Doubt("The schema is another one.", leavesLevel);
    return entering().work(new Work.ToDo(1, "Do it.", 0, Optional.of(doubt)));
  }

  /** Before anybody is asked to approve it. */
  @Test
  void whatSpeaksAgainstTheFirstActionIsAskedAbout() {
    // given
    var approved = level("restart", "restart-web").withApproval(ApprovalPolicy.DEFAULT);
    var snapshot = doubted(false).levels(approved, REVERT).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.question().reason()).isEqualTo(Reasons.SCHEMA_CHANGED);
    assertThat(next.question().about()).isEqualTo("restart-web");
    assertThat(next.question().message())
        .startsWith("Action restart-web: The schema is another one.")
        .contains("Proceed does it in spite of it.");
  }

  @Test
  void orTheLevelIsLeftOutByItself() {
    var next =
        advanced(
            Engine.decide(doubted(true).levels(level("restart", "restart-web"), REVERT).build()));

    assertThat(next.level()).isEqualTo(1);
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Precondition);
  }

  @Test
  void whoWentOnInSpiteOfItIsNotAskedAgain() {
    // given
    var agreed = new Agreement(Agreement.What.SchemaChanged, "restart-web");
    var snapshot = doubted(false).status(run -> run.agreed(List.of(agreed))).build();

    // then
    assertThat(Engine.decide(snapshot)).isInstanceOf(Decision.Act.class);
  }

  @Test
  void aLevelIsPinnedToWhatItMeansWhenItIsAskedFor() {
    // given
    var pins = Map.of("restart", Map.of("restart-web", List.of("stable-1")));
    var snapshot =
        entering()
            .levels(level("restart", "restart-web").withApproval(ApprovalPolicy.DEFAULT), REVERT)
            .world(it -> it.consent(NOBODY).hashes(Map.of("restart", "h1")).pins(pins))
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.approval().hash()).isEqualTo("h1");
    assertThat(next.levels().get(0).pins()).isEqualTo(pins.get("restart"));
  }

  @Test
  void aLevelThatCannotActAsksWhenItIsReached() {
    // given
    var snapshot = entering().problem("restart", "May not patch web.").build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.PREFLIGHT);
    assertThat(advanced(decision).level()).isZero();
  }

  @Test
  void aLevelThatDestroysSomethingWantsApprovalAlsoWhereThePlanDoesNotSaySo() {
    // given
    var snapshot =
        entering().destructive(false, "restart").consent(NOBODY).hash("restart", "h1").build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_WANTED);
    assertThat(next.approval().hash()).isEqualTo("h1");
    assertThat(next.levels().get(0).hash()).isEqualTo("h1");
    assertThat(next.message())
        .isEqualTo(
            "Level 1/2 restart wants 1 approval, not from alice, who asked for the run. Nothing is"
                + " changed until then.");
  }

  @Test
  void aLevelThatWantsApprovalDoesNotActBeforeItIsKnownWhatIsApproved() {
    // given
    var careful = level("restart", "restart-web").withApproval(new ApprovalPolicy(1, "1h", "30m"));
    var snapshot = entering().levels(careful, REVERT).consent(NOBODY).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void aLevelActsOnceWhatItWouldDoIsApproved() {
    // given
    var snapshot =
        entering()
            .destructive(false, "restart")
            .hash("restart", "h1")
            .consent(new Consent(1, List.of(DAVE), null, List.of(), null))
            .status(run -> run.approval(approval("h1")))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent()).isNotNull();
  }

  @Test
  void anApprovalIsVoidWhenSomethingElseWouldBeDone() {
    // given
    var snapshot =
        entering()
            .destructive(false, "restart")
            .consent(NOBODY)
            .hash("restart", "h2")
            .status(run -> run.approval(approval("h1")))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_VOID);
    assertThat(next.approval().hash()).isEqualTo("h2");
    assertThat(next.approval().round()).isEqualTo(2);
  }

  @Test
  void aDrillEntersALevelWithoutAnyOfThis() {
    // given
    var snapshot = stopped(Verdict.UNHEALTHY).levels(GUARDED, REVERT).mode(Run.Mode.Drill).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent()).isNotNull();
  }
}
