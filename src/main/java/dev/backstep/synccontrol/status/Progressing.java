package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.condition.Conditions;
import dev.backstep.synccontrol.gather.SwitchView;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is under way, and what stands still until a human acts. */
final class Progressing implements Says {
  @Override
  public void say(Conditions conditions, SwitchView view, SyncControlStatus status) {
    switch (status.state()) {
      case Disabling, Enabling ->
          conditions.say(ConditionTypes.RECONCILING, true, status.state().name(), underWay(status));
      case DisableFailed ->
          conditions.say(ConditionTypes.STALLED, true, Reasons.DISABLE_FAILED, named(status));
      case EnableFailed ->
          conditions.say(ConditionTypes.STALLED, true, Reasons.ENABLE_FAILED, named(status));
      case Enabled, Disabled -> {
        // Where it is wanted: there is nothing to say.
      }
    }
    contested(conditions, status);
  }

  private static void contested(Conditions conditions, SyncControlStatus status) {
    var contested =
        means(status, means -> means.standing() == Standing.Contested)
            .map(means -> "%s: %s".formatted(means.name(), means.message()))
            .collect(Collectors.joining(" "));
    if (!contested.isEmpty()) {
      conditions.say(ConditionTypes.CONTESTED, true, Reasons.CONTESTED, contested);
    }
  }

  private static String underWay(SyncControlStatus status) {
    var done =
        means(status, means -> means.standing() == Standing.Off || means.standing() == Standing.On)
            .count();
    return "%d of %d means are done. %s"
        .formatted(
            status.episode().isEnabling() ? on(status) : done,
            status.episode().means().size(),
            named(status))
        .strip();
  }

  private static long on(SyncControlStatus status) {
    return means(status, means -> means.standing() == Standing.On).count();
  }

  private static String named(SyncControlStatus status) {
    return means(
            status, means -> means.standing() != Standing.Off && means.standing() != Standing.On)
        .map(means -> "%s: %s".formatted(means.name(), means.message()))
        .collect(Collectors.joining(" "));
  }

  private static Stream<MeansStatus> means(SyncControlStatus status, Predicate<MeansStatus> which) {
    return Stream.ofNullable(status.episode())
        .filter(episode -> episode.open())
        .flatMap(episode -> episode.means().stream())
        .filter(which);
  }
}
