package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Objective;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Severity;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromisesTest {
  private static final Work TO_DO = new Work.ToDo(1, "Deployment web: restart all pods");
  private static final Duration RESPOND = Duration.ofMinutes(5);
  private static final Level LEVEL = level("restart", "restart-web");
  private static final Level HURRIED =
      LEVEL.withBudget("3m").withActions(List.of(Plans.action("restart-web").withBudget("1m")));

  private static RunSnapshots promised() {
    var others = new Objective(Severity.Low, null, "1m", "1m");
    var ours = new Objective(Severity.Critical, null, "5m", "30m");
    return run()
        .levels(LEVEL)
        .symptom(Plans.symptom(List.of(LEVEL)))
        .plan(plan -> plan.objectives(List.of(others, ours)));
  }

  @Test
  void aPromiseThatIsNotKeptIsSaid() {
    // given
    var snapshot = promised().in(Phase.Checking).after(RESPOND).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Checking);
    assertThat(next.reason()).isEqualTo(Reasons.OBJECTIVE_MISSED);
    assertThat(next.missed()).containsExactly("respond within 5m");
    assertThat(next.message())
        .isEqualTo(
            "Promised and not kept: respond within 5m. The run goes on as before. What happened"
                + " before.");
  }

  @Test
  void itIsSaidOnceAndChangesNothing() {
    // given
    var snapshot =
        promised()
            .in(Phase.Acting, 0)
            .work(TO_DO)
            .after(RESPOND)
            .status(run -> run.missed(List.of("respond within 5m")))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().action()).isEqualTo("restart-web");
  }

  @Test
  void nobodyWaitsLongerThanUntilTheNextPromiseIsDue() {
    // given
    var snapshot = promised().in(Phase.Acting, 0).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(RESPOND)));
  }

  @Test
  void promisesCountFromTheBeginningOfTheTrouble() {
    // given
    var snapshot =
        promised().in(Phase.Checking).status(run -> run.since(START.minus(RESPOND))).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).missed()).containsExactly("respond within 5m");
  }

  @Test
  void theFirstEffectIsTheResponseAndHealthyIsTheMitigation() {
    // given
    var snapshot =
        promised()
            .in(Phase.Soaking, 0)
            .status(run -> run.respondedAt(START).mitigatedAt(START))
            .after(Duration.ofHours(1))
            .build();

    // when
    var overdue = Promises.overdue(snapshot);

    // then
    assertThat(overdue).isEmpty();
  }

  @Test
  void theFirstEffectIsRecordedAsTheResponse() {
    // given
    var snapshot = promised().in(Phase.Acting, 0).work(TO_DO).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).respondedAt()).isEqualTo(snapshot.now());
  }

  @Test
  void budgetsOfTheLevelAndOfTheActionUnderWayArePromises() {
    // given
    var snapshot =
        run()
            .levels(HURRIED)
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .after(Duration.ofMinutes(3))
            .build();

    // when
    var overdue = Promises.overdue(snapshot);

    // then
    assertThat(overdue).containsExactly("level restart within 3m", "action restart-web within 1m");
  }

  @Test
  void promisesRunOnDuringAPause() {
    // given
    var snapshot =
        promised()
            .in(Phase.Checking)
            .paused(Duration.ofMinutes(1))
            .wished(Run.State.Paused)
            .after(RESPOND)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).missed()).containsExactly("respond within 5m");
    assertThat(advanced(decision).pausedSince()).isNotNull();
  }

  @Test
  void nothingIsPromisedForDryRuns() {
    // given
    var snapshot = promised().mode(Run.Mode.DryRun).after(RESPOND).build();

    // when
    var overdue = Promises.overdue(snapshot);

    // then
    assertThat(overdue).isEmpty();
  }

  @Test
  void aRunThatEndedKeepsNoPromisesWhileItIsReleased() {
    // given
    var snapshot =
        promised()
            .in(Phase.Releasing, 0)
            .status(run -> run.endedAt(START))
            .after(Duration.ofDays(1))
            .build();

    // when
    var overdue = Promises.overdue(snapshot);

    // then
    assertThat(overdue).isEmpty();
  }

  @Test
  void anAbortIsRememberedAsTheReasonAlsoWhenAPromiseWasBroken() {
    // given
    var snapshot = promised().in(Phase.Acting, 0).after(RESPOND).wished(Run.State.Aborted).build();

    // when
    var settled = Decisions.settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Aborted);
    assertThat(settled.run().reason()).isEqualTo(Reasons.ABORTED);
  }
}
