package dev.backstep.synccontrol.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.api.v1alpha1.value.Notification.Event;
import dev.backstep.notification.News;
import dev.backstep.notification.Notice;
import dev.backstep.testing.PlanYaml;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What of a queue is news. */
class QueueNoticesTest {
  private static final String SPEC =
      """
      serviceAccountName: runner
      means: []
      queue: {interval: 30s, lastSync: {maxAge: 5m}}
      notifications:
      - {name: pager, service: {name: pager, port: 80}}
      """;

  private static Condition condition(String type, String status, String reason) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage("It is so.")
        .withLastTransitionTime("1970-01-01T00:00:50Z")
        .build();
  }

  private static List<News> news(SwitchState state, Condition... conditions) {
    var sync = new SyncControl();
    sync.setMetadata(
        new ObjectMetaBuilder().withNamespace("shop").withName("orders").withUid("u-1").build());
    sync.setSpec(PlanYaml.sync(SPEC));
    var status =
        SyncControlStatus.NOTHING.with().state(state).conditions(List.of(conditions)).build();
    return QueueNotices.of(sync, status);
  }

  private static List<Notice> notices(SwitchState state, Condition... conditions) {
    return news(state, conditions).stream().flatMap(it -> it.notices().stream()).toList();
  }

  @Test
  void whatIsFalseIsNewsAndEachConditionIsASeriesOfItsOwn() {
    var full = condition("QueueHealthy", "False", "QueueUnhealthy");
    var stale = condition("SyncFresh", "False", "SyncStale");

    assertThat(notices(SwitchState.Enabled, full, stale))
        .extracting(Notice::event, Notice::claim, Notice::seq, Notice::reason)
        .containsExactly(
            tuple(Event.QueueUnhealthy, "QueueHealthy", 100L, "QueueUnhealthy"),
            tuple(Event.SyncStale, "SyncFresh", 100L, "SyncStale"));
    assertThat(news(SwitchState.Enabled))
        .extracting(News::series)
        .containsExactly(Optional.of("QueueHealthy"), Optional.of("SyncFresh"));
  }

  @Test
  void whatIsMissingIsNotFreshAndWhatIsNotFalseIsNoNews() {
    assertThat(notices(SwitchState.Enabled, condition("SyncFresh", "False", "NotMeasurable")))
        .extracting(Notice::event)
        .containsExactly(Event.SyncStale);
    assertThat(
            notices(
                SwitchState.Enabled,
                condition("SyncFresh", "True", "SyncFresh"),
                condition("QueueHealthy", "Unknown", "NotMeasurable"),
                condition("Ready", "False", "Invalid")))
        .isEmpty();
  }

  @Test
  void anOverflowIsNewsAfterAQueueThatWasTooFull() {
    assertThat(notices(SwitchState.Enabled, condition("QueueHealthy", "False", "QueueOverflow")))
        .extracting(Notice::seq)
        .containsExactly(101L);
  }

  @Test
  void itSaysWhetherTheSyncIsToDoAnything() {
    var stale = condition("SyncFresh", "False", "SyncStale");

    assertThat(notices(SwitchState.Enabled, stale).get(0).message()).isEqualTo("It is so.");
    assertThat(notices(SwitchState.Disabled, stale).get(0).message())
        .isEqualTo("It is so. The sync is Disabled.");
  }
}
