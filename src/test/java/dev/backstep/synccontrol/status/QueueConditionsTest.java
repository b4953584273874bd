package dev.backstep.synccontrol.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.AutoDisableStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatus.Growth;
import dev.backstep.api.v1alpha1.sync.QueueStatus.NotMeasured;
import dev.backstep.api.v1alpha1.sync.QueueStatusBuilder;
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
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a SyncControl says of its queue. */
class QueueConditionsTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static final String SPEC =
      """
      serviceAccountName: runner
      state: Enabled
      timeout: 1m
      means: []
      queue:
        interval: 30s
        size: {warnAbove: 100, unhealthyAbove: 1000, overflowAbove: 10000}
        failed: {unhealthyAbove: 10}
        lastSync: {maxAge: 5m}
      autoDisable:
      - {name: flood, when: size > 5000, for: 5m}
      - {name: outage, when: lastSyncAge > 600, for: 5m, until: lastSyncAge < 60}
      """;

  private static final QueueStatus QUEUE =
      QueueStatusBuilder.builder()
          .size(12L)
          .failed(0L)
          .lastSync(NOON.minusSeconds(60))
          .measuredAt(NOON)
          .build();

  private static SyncControlStatus derived(
      QueueStatus queue, List<AutoDisableStatus> rules, List<String> problems) {
    var sync = new SyncControl();
    sync.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("shop")
            .withName("orders")
            .withUid("u-1")
            .withGeneration(1L)
            .build());
    sync.setSpec(PlanYaml.sync(SPEC));
    var known = new QueueView(Optional.ofNullable(queue), rules, problems);
    var status = known.in(SyncControlStatus.NOTHING);
    var snapshot =
        SwitchSnapshotBuilder.builder()
            .spec(sync.getSpec())
            .status(status)
            .holders(known.holders(List.of()))
            .now(NOON)
            .build();
    return new SwitchStatus(new Notifier(null, Clock.systemUTC(), new TaskTaker(task -> {})))
        .derive(new SwitchView(sync, NOON, true, known, Optional.empty(), snapshot), status);
  }

  private static Condition condition(SyncControlStatus status, String type) {
    return status.conditions().stream()
        .filter(it -> it.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static Condition queueHealthy(QueueStatus queue) {
    return condition(derived(queue, List.of(), List.of()), "QueueHealthy");
  }

  private static Condition syncFresh(QueueStatus queue) {
    return condition(derived(queue, List.of(), List.of()), "SyncFresh");
  }

  @ParameterizedTest
  @CsvSource({
    "100, 10, True, QueueHealthy",
    "101, 0, True, QueueFilling",
    "1001, 0, False, QueueUnhealthy",
    "10001, 0, False, QueueOverflow",
    "12, 11, False, QueueUnhealthy",
    "10001, 11, False, QueueOverflow",
  })
  void theWorstNumberDecides(long size, long failed, String status, String reason) {
    var said = queueHealthy(QUEUE.with().size(size).failed(failed).build());

    assertThat(said.getStatus()).isEqualTo(status);
    assertThat(said.getReason()).isEqualTo(reason);
  }

  @Test
  void itSaysWhichNumberIsAboveWhatAndThatNothingIsCleared() {
    var said = queueHealthy(QUEUE.with().size(1500L).growthPerMinute(new Growth(90L, -1L)).build());

    assertThat(said.getMessage())
        .isEqualTo(
            "size is 1500, more than 1000 (unhealthyAbove), and grew by 90 in a minute. failed is 0. Clearing is advised; nothing is cleared by itself.");
  }

  @Test
  void whatCouldNotBeMeasuredMayBeAnything() {
    var blind =
        QUEUE
            .with()
            .size(null)
            .notMeasured(List.of(new NotMeasured("size", "no such table")))
            .build();

    assertThat(queueHealthy(blind).getStatus()).isEqualTo("Unknown");
    assertThat(queueHealthy(blind).getReason()).isEqualTo("NotMeasurable");
    assertThat(queueHealthy(blind).getMessage())
        .isEqualTo("size could not be measured: no such table. failed is 0.");
    assertThat(queueHealthy(blind.withFailed(50L)).getStatus())
        .as("the other number is bad enough")
        .isEqualTo("False");
  }

  @Test
  void beforeItIsMeasuredNothingIsSaid() {
    assertThat(queueHealthy(null).getStatus()).isEqualTo("Unknown");
    assertThat(queueHealthy(null).getReason()).isEqualTo("Measuring");
    assertThat(syncFresh(null).getStatus()).isEqualTo("Unknown");
  }

  @Test
  void whatIsOldOrMissingIsNotFresh() {
    assertThat(syncFresh(QUEUE).getStatus()).isEqualTo("True");
    assertThat(syncFresh(QUEUE.withLastSync(NOON.minusSeconds(301))).getReason())
        .isEqualTo("SyncStale");
    assertThat(syncFresh(QUEUE.withLastSync(null)).getReason()).isEqualTo("NeverSynced");
    var blind =
        QUEUE
            .with()
            .lastSync(null)
            .notMeasured(List.of(new NotMeasured("lastSync", "no answer")))
            .build();
    assertThat(syncFresh(blind).getStatus()).isEqualTo("False");
    assertThat(syncFresh(blind).getReason()).isEqualTo("NotMeasurable");
    assertThat(syncFresh(blind).getMessage()).endsWith("what is missing is not fresh: no answer.");
  }

  private static AutoDisableStatus held(String rule) {
    return AutoDisableStatus.named(rule).with().heldSince(NOON).because("size was 6000").build();
  }

  private static Condition autoDisabled(List<AutoDisableStatus> rules, List<String> problems) {
    return condition(derived(QUEUE, rules, problems), "AutoDisabled");
  }

  @Test
  void aRuleThatHoldsSaysWhyAndHowItLetsGo() {
    var said = autoDisabled(List.of(held("flood")), List.of());

    assertThat(said.getStatus()).isEqualTo("True");
    assertThat(said.getMessage())
        .isEqualTo(
            "Rule flood holds it off since 2026-03-01T12:00:00Z: size was 6000. Once a human has looked, it lets go with: kubectl -n shop annotate --overwrite synccontrol orders backstep.dev/let-go.flood=2026-03-01T12:00:00Z\n");
    assertThat(autoDisabled(List.of(held("outage")), List.of()).getMessage())
        .contains("It lets go when lastSyncAge < 60, or with: kubectl");
  }

  @Test
  void aRuleThatCountsSaysUntilWhen() {
    var counting = AutoDisableStatus.named("flood").withTrueSince(NOON);

    var said = autoDisabled(List.of(counting), List.of());

    assertThat(said.getStatus()).isEqualTo("False");
    assertThat(said.getMessage())
        .isEqualTo(
            "Rule flood is true since 2026-03-01T12:00:00Z; if it stays so, it holds the sync off from 2026-03-01T12:05:00Z on.");
  }

  @Test
  void aRuleThatCannotBeUnderstoodIsSaid() {
    assertThat(autoDisabled(List.of(), List.of()).getMessage()).isEqualTo("No rule holds it off.");

    var said = autoDisabled(List.of(), List.of("when of rule flood does not compile."));

    assertThat(said.getStatus()).isEqualTo("Unknown");
    assertThat(said.getReason()).isEqualTo("InvalidRule");
  }

  @Test
  void whoeverIsHeldByARuleHasItAsAHolder() {
    var view = new QueueView(Optional.of(QUEUE), List.of(held("flood")), List.of());

    assertThat(view.holders(List.of())).extracting(it -> it.id()).containsExactly("auto-flood");
    assertThat(view.holders(view.holders(List.of()))).as("once").hasSize(1);
  }
}
