package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.condition.Conditions;
import dev.backstep.synccontrol.gather.SwitchView;
import java.util.stream.Collectors;

/** Whether the sync is proven off, and for whom. */
final class Off implements Says {
  @Override
  public void say(Conditions conditions, SwitchView view, SyncControlStatus status) {
    var state = status.state();
    if (state == SwitchState.Disabled) {
      conditions.say(ConditionTypes.DISABLED, true, Reasons.DISABLED, off(view, status));
    } else if (state == SwitchState.DisableFailed) {
      conditions.say(
          ConditionTypes.DISABLED,
          false,
          Reasons.DISABLE_FAILED,
          "It is not proven off: %s%s".formatted(failed(view, status), again(view, status)));
    } else if (state == SwitchState.Disabling) {
      conditions.say(
          ConditionTypes.DISABLED, false, Reasons.DISABLING, "It is being switched off.");
    } else {
      conditions.say(ConditionTypes.DISABLED, false, Reasons.ENABLED, on(view, status));
    }
  }

  private static String off(SwitchView view, SyncControlStatus status) {
    return "All %d means are proven off, since %s. %s"
        .formatted(status.episode().means().size(), status.episode().since(), wanted(view, status));
  }

  /** Who wants it off, and how it is switched on again. */
  private static String wanted(SwitchView view, SyncControlStatus status) {
    var held = status.holders().isEmpty() ? "" : "It is held off by %s.".formatted(names(status));
    return switch (view.sync().getSpec().state()) {
      case Enabled -> held;
      case Disabled ->
          ("spec.state is Disabled; to switch it on: kubectl -n %s patch synccontrol %s --type=merge -p '{\"spec\":{\"state\":\"Enabled\"}}'. "
                      .formatted(
                          view.sync().getMetadata().getNamespace(),
                          view.sync().getMetadata().getName())
                  + held)
              .strip();
    };
  }

  private static String names(SyncControlStatus status) {
    return status.holders().stream().map(SyncHolder::holder).collect(Collectors.joining(", "));
  }

  private static String on(SwitchView view, SyncControlStatus status) {
    return switch (status.state()) {
      case Enabling -> "It is being given back.";
      case EnableFailed -> "It could not be given back: %s".formatted(failed(view, status));
      default -> "Nobody keeps it off.";
    };
  }

  /** Not what somebody else switches on each time: that waits for a human. */
  private static String again(SwitchView view, SyncControlStatus status) {
    var contested =
        SwitchStatus.failed(status.episode(), view.snapshot())
            .allMatch(means -> means.standing() == Standing.Contested);
    return contested ? "" : " It is tried again.";
  }

  private static String failed(SwitchView view, SyncControlStatus status) {
    return SwitchStatus.failed(status.episode(), view.snapshot())
        .map(means -> "%s: %s".formatted(means.name(), means.message()))
        .collect(Collectors.joining(" "));
  }
}
