package dev.backstep.synccontrol.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.SyncControlSpecBuilder;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.Means;
import dev.backstep.api.v1alpha1.sync.MeansBuilder;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.synccontrol.decide.Decision.Act;
import dev.backstep.synccontrol.decide.Decision.Advance;
import dev.backstep.synccontrol.decide.Decision.Close;
import dev.backstep.synccontrol.decide.Decision.Wait;
import dev.backstep.synccontrol.decide.SwitchSnapshot.Lost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a switch does next, walked through decision by decision. */
class SwitchingTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Step TO_DO = Step.of(new Work.ToDo(1, "one is on."));
  private static final Step CHANGED_BACK = Step.of(new Work.ToDo(1, "one is on again.", 1));
  private static final Step DONE = Step.done("it is so.");
  private static final Step ENDING = Step.of(new Work.Rolling("pods are ending."));

  private static final Hold WORKER =
      new Hold("off-1", "claim-1", "workers", "scale", "Deployment", "worker", "2", "0", NOON);

  private static final SyncHolder PLAN =
      new SyncHolder("bs-run-7.1", "RollbackPlan:shop/INC-1/stop/0/-", "run INC-1", NOON, null);

  private SyncControlStatus status = SyncControlStatus.NOTHING;
  private Instant now = NOON;
  private boolean off = true;
  private List<SyncHolder> holders = List.of();
  private Lost lost;
  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Map<String, Progress> progress = new LinkedHashMap<>();

  private static SyncControlSpec spec() {
    return SyncControlSpecBuilder.builder()
        .timeout("1m")
        .means(List.of(means("flag"), means("workers")))
        .build();
  }

  private static Means means(String name) {
    return MeansBuilder.builder().name(name).build();
  }

  private Decision decide() {
    return Switching.decide(
        new SwitchSnapshot(
            spec(),
            status,
            off,
            holders,
            now,
            number -> "claim-" + number,
            lost,
            Map.copyOf(steps),
            Map.copyOf(progress)));
  }

  @Test
  void nobodyIsSaidToBeGoneWhereTheSameOnesHoldIt() {
    // given
    holders = List.of(PLAN);
    advanced();

    // when
    holders =
        List.of(new SyncHolder(PLAN.id(), PLAN.entry(), PLAN.holder(), NOON.plusMillis(1), null));

    // then
    var said = advanced();
    assertThat(said.reason()).isEqualTo(Reasons.HOLDERS_CHANGED);
    assertThat(said.message()).isEqualTo("1 hold it now.");
  }

  /** Decides, and writes what was decided. */
  private Decision next() {
    var decision = decide();
    if (decision instanceof Advance advance) {
      status = advance.status().withSeq(status.seq() + 1);
      lost = null;
    }
    if (decision instanceof Act act) {
      status =
          act.status()
              .withEpisode(
                  act.status().episode().with(act.means(), it -> it.withIntent(act.intent())));
    }
    return decision;
  }

  private Advance advanced() {
    var decision = next();
    assertThat(decision).isInstanceOf(Advance.class);
    return (Advance) decision;
  }

  private Act acted() {
    var decision = next();
    assertThat(decision).isInstanceOf(Act.class);
    return (Act) decision;
  }

  private void ended(String means, Outcome outcome, Hold takes, Hold givesBack) {
    var target = new Target("Deployment", "worker");
    progress.put(
        means,
        new Progress.Report(List.of(new Progress.Result(target, outcome, takes, givesBack))));
  }

  private MeansStatus of(String means) {
    return episode().means().stream().filter(it -> it.name().equals(means)).findFirst().get();
  }

  private Episode episode() {
    return status.episode();
  }

  /** Both means were switched off. */
  private void switchedOff() {
    advanced();
    for (var means : List.of("flag", "workers")) {
      steps.clear();
      steps.put(means, TO_DO);
      acted();
      steps.clear();
      ended(means, new Outcome.Applied("1"), means.equals("workers") ? WORKER : null, null);
      advanced();
      progress.clear();
      steps.put(means, DONE);
      advanced();
      steps.clear();
    }
  }

  private List<Standing> standings() {
    return episode().means().stream().map(MeansStatus::standing).toList();
  }

  @Test
  void nothingIsDoneWhileNobodyWantsItOff() {
    off = false;

    assertThat(decide()).isInstanceOf(Wait.class);
  }

  @Test
  void aHolderIsWrittenDownBeforeAnythingIsSwitchedOff() {
    holders = List.of(PLAN);

    assertThat(advanced().reason()).isEqualTo(Reasons.HOLDERS_CHANGED);
    assertThat(status.holders()).containsExactly(PLAN);
    assertThat(status.episode()).isNull();
    assertThat(advanced().reason()).isEqualTo(Reasons.DISABLING);
    assertThat(episode().claim()).isEqualTo("claim-1");
  }

  /** One that hangs does not hold up the other. */
  @Test
  void eachMeansHasAnIntentOfItsOwn() {
    advanced();
    steps.put("flag", TO_DO);
    steps.put("workers", TO_DO);

    assertThat(acted().intent().mark()).isEqualTo("claim-1/flag/apply/1");
    progress.put("flag", new Progress.InFlight());
    assertThat(acted().intent().mark()).isEqualTo("claim-1/workers/apply/1");
    progress.put("workers", new Progress.InFlight());
    assertThat(decide()).isInstanceOf(Wait.class);
  }

  @Test
  void isOffWhenEachWasReadBackAsOff() {
    switchedOff();

    assertThat(standings()).containsExactly(Standing.Off, Standing.Off);
    assertThat(episode().holds()).containsExactly(WORKER);
    steps.put("workers", DONE);
    assertThat(decide()).as("nothing is written that is known").isInstanceOf(Wait.class);
  }

  @Test
  void anIntentThatWasFoundOpenIsClosed() {
    advanced();
    steps.put("flag", TO_DO);
    acted();
    steps.clear();

    assertThat(decide()).isEqualTo(new Close("flag", of("flag").intent(), true));
    off = false;
    next();
    assertThat(decide()).as("not wanted").isEqualTo(new Close("flag", of("flag").intent(), false));
  }

  @Test
  void whatCannotBeSwitchedOffIsSaidAndTriedAgain() {
    advanced();
    steps.put("flag", TO_DO);
    acted();
    steps.clear();
    ended("flag", new Outcome.Failed(new Problem("Denied", "It may not.")), null, null);

    assertThat(advanced().message()).isEqualTo("It may not.");
    assertThat(of("flag").standing()).isEqualTo(Standing.Failed);
    progress.clear();
    steps.put("flag", TO_DO);
    assertThat(acted().intent().effect()).isEqualTo(2);
  }

  @Test
  void newPodsAreNoContest() {
    switchedOff();
    steps.put("workers", ENDING);

    advanced();
    assertThat(of("workers").standing()).isEqualTo(Standing.TurningOff);
  }

  @Test
  void whoeverSwitchesItOnAgainAndAgainContestsIt() {
    switchedOff();
    for (var time = 0; time < 3; time++) {
      steps.put("workers", CHANGED_BACK);
      assertThat(acted().intent().again()).isTrue();
      steps.clear();
      ended("workers", new Outcome.Applied("1"), null, null);
      advanced();
      progress.clear();
    }
    steps.put("workers", CHANGED_BACK);

    assertThat(advanced().reason()).isEqualTo(Reasons.CONTESTED);
    assertThat(of("workers").message()).contains("4 times").contains("spec.state");
    assertThat(decide()).isInstanceOf(Wait.class);
  }

  @Test
  void isGivenBackInReverseOrder() {
    switchedOff();
    off = false;
    assertThat(advanced().reason()).isEqualTo(Reasons.ENABLING);
    assertThat(MeansWork.due(episode())).extracting(MeansStatus::name).containsExactly("workers");

    steps.put("workers", TO_DO);
    assertThat(acted().intent().verb()).isEqualTo(Intent.Verb.Release);
    steps.clear();
    ended("workers", new Outcome.Applied("2"), null, WORKER);
    advanced();
    progress.clear();
    assertThat(episode().holds()).isEmpty();
    steps.put("workers", DONE);
    advanced();
    assertThat(MeansWork.due(episode())).extracting(MeansStatus::name).containsExactly("flag");
    steps.put("flag", DONE);
    advanced();

    assertThat(advanced().reason()).isEqualTo(Reasons.ENABLED);
    assertThat(episode().open()).isFalse();
    assertThat(decide()).isInstanceOf(Wait.class);
  }

  /** Whatever cannot be given back does not keep the others off. */
  @Test
  void theOthersAreGivenBackWhereOneCannotBe() {
    switchedOff();
    off = false;
    advanced();
    steps.put("workers", Step.impossible("ReleaseBlocked", "A human has to say."));
    advanced();
    steps.put("flag", DONE);
    advanced();

    assertThat(standings()).containsExactly(Standing.On, Standing.Failed);
    assertThat(decide()).isInstanceOf(Wait.class);
    assertThat(MeansWork.due(episode())).extracting(MeansStatus::name).containsExactly("workers");
  }

  @Test
  void aHolderThatComesMeanwhileTurnsTheSameEpisodeRound() {
    switchedOff();
    off = false;
    advanced();
    off = true;
    holders = List.of(PLAN);
    advanced();

    assertThat(advanced().reason()).isEqualTo(Reasons.DISABLING);
    assertThat(episode().number()).isEqualTo(1);
    assertThat(of("workers").done().attempt()).isEqualTo(2);
    assertThat(standings()).containsOnly(Standing.TurningOff);
  }

  @Test
  void theNextTimeIsAnotherEpisode() {
    switchedOff();
    off = false;
    advanced();
    for (var means : List.of("workers", "flag")) {
      steps.put(means, DONE);
      advanced();
    }
    advanced();
    off = true;
    advanced();

    assertThat(episode().claim()).isEqualTo("claim-2");
    assertThat(episode().holds()).isEmpty();
  }

  @Test
  void whatCouldNotBeFoundOutForTooLongIsSaid() {
    advanced();
    steps.put("flag", TO_DO);
    acted();
    steps.clear();
    var unknown = new Outcome.Unknown("Nobody knows.", null);
    var target = new Target("Deployment", "worker");
    var soFar = new Progress.Report(List.of(new Progress.Result(target, unknown, null, null)));
    progress.put("flag", new Progress.NotKnown(soFar));
    assertThat(decide()).isInstanceOf(Close.class);

    now = NOON.plusSeconds(181);
    assertThat(advanced().message()).isEqualTo("Nobody knows.");
    assertThat(of("flag").standing()).isEqualTo(Standing.Failed);
  }

  @Test
  void anEpisodeThatTheStatusLostGoesOnWithWhatItsTargetsSay() {
    off = false;
    lost = new Lost(3, List.of(WORKER));

    assertThat(advanced().reason()).isEqualTo(Reasons.STATUS_LOST);
    assertThat(episode().claim()).isEqualTo("claim-3");
    assertThat(episode().holds()).containsExactly(WORKER);
    assertThat(of("flag").isLost()).isTrue();
    assertThat(of("workers").isLost()).as("its target says what it was").isFalse();
    assertThat(advanced().reason()).as("nothing is switched off").isEqualTo(Reasons.ENABLING);
  }

  /** A mark that is on a target, or in a database, would say that it was done already. */
  @Test
  void whatIsSentAfterTheStatusWasLostHasOtherMarksThanBefore() {
    // given
    lost = new Lost(3, List.of());
    advanced();

    // when
    steps.put("flag", TO_DO);

    // then
    assertThat(acted().intent().effect()).isGreaterThan(100_000_000);
    assertThat(of("flag").isLost()).as("also when it is switched off once more").isTrue();
  }

  @Test
  void everyOrderOfHoldersEndsWithTheLast() {
    var left = new ArrayList<>(List.of(PLAN, new SyncHolder("x.2", "", "another", NOON, null)));
    holders = List.copyOf(left);
    advanced();
    switchedOff();
    left.remove(0);
    holders = List.copyOf(left);

    assertThat(advanced().message()).contains("not held any more by run INC-1", "1 hold");
    assertThat(decide()).isInstanceOf(Wait.class);
  }
}
