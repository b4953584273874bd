package dev.backstep.synccontrol.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.EpisodeBuilder;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.notification.Notifier;
import dev.backstep.synccontrol.decide.SwitchSnapshotBuilder;
import dev.backstep.synccontrol.gather.SwitchView;
import dev.backstep.synccontrol.queue.QueueView;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.TaskTaker;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a SyncControl says of means that take too long. */
class SwitchStatusTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Step ENDING = Step.of(new Work.Rolling("pods are ending."));

  private static final String SPEC =
      """
      serviceAccountName: runner
      state: Disabled
      timeout: 1m
      means: []
      """;

  private SwitchState said = SwitchState.Disabling;
  private MeansStatus means = MeansStatus.begun("workers", NOON);
  private Map<String, Step> steps = Map.of();
  private Map<String, Progress> progress = Map.of();

  /** Of one that is being switched off since so long. */
  private SyncControlStatus after(long seconds) {
    var sync = new SyncControl();
    sync.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("shop")
            .withName("orders")
            .withUid("u-1")
            .withGeneration(1L)
            .build());
    sync.setSpec(PlanYaml.sync(SPEC));
    var status =
        SyncControlStatus.NOTHING
            .with()
            .state(said)
            .episode(
                EpisodeBuilder.builder()
                    .number(1)
                    .claim("claim-1")
                    .startedAt(NOON)
                    .since(NOON)
                    .means(List.of(means))
                    .build())
            .build();
    var now = NOON.plusSeconds(seconds);
    var snapshot =
        SwitchSnapshotBuilder.builder()
            .spec(sync.getSpec())
            .status(status)
            .off(true)
            .holders(List.of())
            .now(now)
            .steps(steps)
            .progress(progress)
            .build();
    var queue = new QueueView(Optional.empty(), List.of(), List.of());
    return new SwitchStatus(new Notifier(null, Clock.systemUTC(), new TaskTaker(task -> {})))
        .derive(new SwitchView(sync, now, true, queue, Optional.empty(), snapshot), status);
  }

  @Test
  void whatIsStillNotOffWhenItsTimeIsOverFailed() {
    steps = Map.of("workers", ENDING);

    assertThat(after(59).state()).isEqualTo(SwitchState.Disabling);
    assertThat(after(60).state()).isEqualTo(SwitchState.DisableFailed);
  }

  /** The process was away: it may be off long since. */
  @Test
  void whatNobodyLookedAtDidNotFail() {
    assertThat(after(600).state()).isEqualTo(SwitchState.Disabling);

    progress = Map.of("workers", new Progress.InFlight());
    assertThat(after(600).state()).isEqualTo(SwitchState.Disabling);
  }

  @Test
  void whatWasSaidToHaveFailedIsNotTakenBackUnseen() {
    said = SwitchState.DisableFailed;

    assertThat(after(600).state()).isEqualTo(SwitchState.DisableFailed);
    assertThat(disabled()).contains("workers: It is about to begin.");
  }

  @Test
  void whatSomebodyElseSwitchesOnEachTimeIsNotSaidToBeTriedAgain() {
    means = means.with().standing(Standing.Failed).message("It failed.").build();
    assertThat(disabled()).endsWith("workers: It failed. It is tried again.");

    means = means.with().standing(Standing.Contested).build();
    assertThat(disabled()).endsWith("workers: It failed.");
  }

  private String disabled() {
    return after(600).conditions().stream()
        .filter(it -> it.getType().equals("Disabled"))
        .map(Condition::getMessage)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatNobodyCouldFindOutInTimeFailed() {
    progress = Map.of("workers", new Progress.NotKnown(new Progress.Report(List.of())));

    assertThat(after(60).state()).isEqualTo(SwitchState.DisableFailed);
  }
}
