package dev.backstep.synccontrol.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.SyncControlSpecBuilder;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.MeansBuilder;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.synccontrol.decide.Decision.Advance;
import dev.backstep.synccontrol.decide.Decision.Close;
import dev.backstep.synccontrol.decide.SwitchSnapshot.Lost;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What one pass writes at once. */
class RoundTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Step TO_DO = Step.of(new Work.ToDo(1, "one is on."));
  private static final Step OFF = Step.done("it is off.");

  private static final SyncHolder PLAN =
      new SyncHolder("bs-run-7.1", "RollbackPlan:shop/INC-1/stop/0/-", "run INC-1", NOON, null);

  private static final Hold WORKER =
      new Hold("off-1", "claim-1", "workers", "scale", "Deployment", "worker", "2", "0", NOON);

  private static final SyncControlSpec SPEC =
      SyncControlSpecBuilder.builder()
          .timeout("1m")
          .means(
              Stream.of("flag", "workers")
                  .map(name -> MeansBuilder.builder().name(name).build())
                  .toList())
          .build();

  /** Of one that says nothing yet, and is wanted off. */
  private static SwitchSnapshot wished() {
    return new SwitchSnapshot(
        SPEC,
        SyncControlStatus.NOTHING,
        true,
        List.of(),
        NOON,
        number -> "claim-" + number,
        null,
        Map.of(),
        Map.of());
  }

  private static SwitchSnapshot begun() {
    return written(wished());
  }

  /** Once it is written what was decided. */
  private static SwitchSnapshot written(SwitchSnapshot snapshot) {
    var steps = Round.of(snapshot).steps();
    return snapshot.after(steps.get(steps.size() - 1)).withSteps(Map.of()).withProgress(Map.of());
  }

  private static List<String> reasons(Round round) {
    return round.steps().stream().map(Advance::reason).toList();
  }

  private static List<MeansStatus> means(Round round) {
    return round.steps().get(round.steps().size() - 1).status().episode().means();
  }

  @Test
  void whoHoldsItIsWrittenDownTogetherWithTheEpisode() {
    var round = Round.of(wished().withHolders(List.of(PLAN)));

    assertThat(reasons(round)).containsExactly(Reasons.HOLDERS_CHANGED, Reasons.DISABLING);
    assertThat(round.steps().get(1).status().holders()).containsExactly(PLAN);
  }

  /** Once a step is written, nobody asks any more whether something was lost. */
  @Test
  void aHolderDoesNotHideWhatWasLost() {
    var lost = new Lost(1, List.of(WORKER));

    var round = Round.of(wished().withHolders(List.of(PLAN)).withLost(lost));

    assertThat(reasons(round)).containsExactly(Reasons.HOLDERS_CHANGED, Reasons.STATUS_LOST);
    assertThat(round.steps().get(1).status().episode().holds()).containsExactly(WORKER);
  }

  @Test
  void theIntentsOfAllMeansAreRecordedAtOnce() {
    var round = Round.of(begun().withSteps(Map.of("flag", TO_DO, "workers", TO_DO)));

    assertThat(round.acts()).hasSize(2);
    assertThat(means(round)).extracting(MeansStatus::intent).doesNotContainNull();
    assertThat(means(round))
        .extracting(MeansStatus::intent)
        .extracting(Intent::seq)
        .containsExactly(2L, 3L);
  }

  /** Each was looked at, and is not looked at again soon. */
  @Test
  void whatWasReadBackOfSeveralIsRecordedAtOnce() {
    var round = Round.of(begun().withSteps(Map.of("flag", OFF, "workers", OFF)));

    assertThat(means(round))
        .extracting(MeansStatus::standing)
        .containsExactly(Standing.Off, Standing.Off);
  }

  @Test
  void whatIsLeftToSwitchItOffIsNotDoneOnTheWayBack() {
    var turned = begun().with().off(false).steps(Map.of("flag", TO_DO, "workers", TO_DO)).build();

    var round = Round.of(turned);

    assertThat(reasons(round)).containsExactly(Reasons.ENABLING);
    assertThat(round.acts()).isEmpty();
  }

  @Test
  void anOutcomeIsRecordedWhileAnotherMeansBegins() {
    var sent = written(begun().withSteps(Map.of("flag", TO_DO)));
    var result =
        new Progress.Result(new Target("ConfigMap", "flags"), new Outcome.Applied("1"), null, null);

    var round =
        Round.of(
            sent.with()
                .progress(Map.of("flag", new Progress.Report(List.of(result))))
                .steps(Map.of("workers", TO_DO))
                .build());

    assertThat(reasons(round)).containsExactly(Reasons.EFFECT_APPLIED, Reasons.EFFECT_INTENDED);
  }

  /** After a process was killed. */
  @Test
  void allThatWasFoundOpenIsClosedAtOnce() {
    var killed = written(begun().withSteps(Map.of("flag", TO_DO, "workers", TO_DO)));

    var round = Round.of(killed);

    assertThat(round.steps()).isEmpty();
    assertThat(round.closes()).extracting(Close::means).containsExactly("flag", "workers");
  }

  @Test
  void nothingIsDecidedTwice() {
    var all = written(begun().withSteps(Map.of("flag", OFF, "workers", OFF)));

    assertThat(Round.of(all.withSteps(Map.of("flag", OFF, "workers", OFF))).steps()).isEmpty();
  }
}
