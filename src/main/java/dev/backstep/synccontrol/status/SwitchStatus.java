package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlSpec.Wish;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.condition.Conditions;
import dev.backstep.notification.Notifier;
import dev.backstep.synccontrol.decide.SwitchSnapshot;
import dev.backstep.synccontrol.gather.SwitchView;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.Stream;

/** Derives everything in the status that people and tools look at. */
@ApplicationScoped
public class SwitchStatus {
  private static final List<Says> ALL =
      List.of(
          new Readiness(),
          new Off(),
          new Progressing(),
          new Holding(),
          new QueueHealth(),
          new SyncAge(),
          new Rules());

  private final Notifier notifier;

  public SwitchStatus(Notifier notifier) {
    this.notifier = notifier;
  }

  /** The whole status, with {@code core}'s episode, holders and records. */
  public SyncControlStatus derive(SwitchView view, SyncControlStatus core) {
    var generation = view.sync().getMetadata().getGeneration();
    var off = view.snapshot().off();
    var status =
        core.with()
            .observedGeneration(generation)
            .desired(off ? Wish.Disabled : Wish.Enabled)
            .state(state(core, view.snapshot()))
            .holding(core.holders().size())
            .build();
    var conditions = new Conditions(view.status().conditions(), generation, view.now());
    ALL.forEach(says -> says.say(conditions, view, status));
    var news = QueueNotices.of(view.sync(), status.withConditions(conditions.list()));
    news.stream()
        .flatMap(it -> notifier.failing(it).stream())
        .findFirst()
        .ifPresent(said -> notTold(conditions, said));
    return status
        .with()
        .conditions(conditions.list())
        .told(news.stream().flatMap(it -> notifier.told(it).stream()).toList())
        .reason(status.state().name())
        .build();
  }

  private static void notTold(Conditions conditions, String said) {
    conditions.say(ConditionTypes.NOTIFIED, false, Reasons.NOTIFICATION_FAILED, said);
  }

  /** Where the switch stands, as its means say. */
  static SwitchState state(SyncControlStatus status, SwitchSnapshot snapshot) {
    var episode = status.episode();
    if (episode == null || !episode.open()) {
      return SwitchState.Enabled;
    }
    var failed = failed(episode, snapshot).findAny().isPresent();
    if (episode.isEnabling()) {
      return failed ? SwitchState.EnableFailed : SwitchState.Enabling;
    }
    if (episode.means().stream().allMatch(means -> means.standing() == Standing.Off)) {
      return SwitchState.Disabled;
    }
    return failed ? SwitchState.DisableFailed : SwitchState.Disabling;
  }

  /** The means that failed, or are on their way for too long. */
  static Stream<MeansStatus> failed(Episode episode, SwitchSnapshot snapshot) {
    return episode.means().stream()
        .filter(
            means ->
                switch (means.standing()) {
                  case Failed, Contested -> true;
                  case TurningOff, TurningOn ->
                      isLate(means, snapshot)
                          && (snapshot.isKnown(means) || saidBefore(episode, snapshot));
                  case Off, On -> false;
                });
  }

  private static boolean isLate(MeansStatus means, SwitchSnapshot snapshot) {
    return !snapshot.now().isBefore(means.since().plus(snapshot.timeout()));
  }

  /** What is late only because nobody was there to look may be done long since. */
  private static boolean saidBefore(Episode episode, SwitchSnapshot snapshot) {
    var failed = episode.isEnabling() ? SwitchState.EnableFailed : SwitchState.DisableFailed;
    return snapshot.status().state() == failed;
  }
}
