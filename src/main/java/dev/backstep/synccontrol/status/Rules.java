package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.AutoDisable;
import dev.backstep.api.v1alpha1.sync.AutoDisableStatus;
import dev.backstep.cluster.Annotations;
import dev.backstep.condition.Conditions;
import dev.backstep.synccontrol.decide.AutoDisabling;
import dev.backstep.synccontrol.gather.SwitchView;
import dev.backstep.text.Sentences;
import dev.backstep.time.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which rules of {@code autoDisable} hold the sync off, and how each is made to let go. */
final class Rules implements Says {
  @Override
  public void say(Conditions conditions, SwitchView view, SyncControlStatus status) {
    var rules = view.sync().getSpec().autoDisable();
    if (rules.isEmpty()) {
      return;
    }
    var problems = view.queue().problems();
    var holding = status.autoDisable().stream().anyMatch(AutoDisableStatus::holds);
    var said = new ArrayList<String>();
    for (var standing : status.autoDisable()) {
      rules.stream()
          .filter(rule -> rule.name().equals(standing.name()))
          .findFirst()
          .flatMap(rule -> said(rule, standing, view))
          .ifPresent(said::add);
    }
    said.addAll(problems);
    if (holding) {
      conditions.say(ConditionTypes.AUTO_DISABLED, true, Reasons.AUTO_DISABLED, all(said));
    } else if (!problems.isEmpty()) {
      conditions.say(ConditionTypes.AUTO_DISABLED, null, Reasons.INVALID_RULE, all(said));
    } else {
      conditions.say(
          ConditionTypes.AUTO_DISABLED,
          false,
          Reasons.WATCHING,
          said.isEmpty() ? "No rule holds it off." : all(said));
    }
  }

  private static String all(List<String> said) {
    return Sentences.all(said, "status.autoDisable");
  }

  private static Optional<String> said(
      AutoDisable rule, AutoDisableStatus standing, SwitchView view) {
    if (standing.holds()) {
      return Optional.of(held(rule, standing, view));
    }
    return AutoDisabling.counts(standing)
        ? Optional.of(
            "Rule %s is true since %s; if it stays so, it holds the sync off from %s on."
                .formatted(
                    rule.name(),
                    standing.trueSince(),
                    standing.trueSince().plus(Durations.of(rule.lasting()))))
        : Optional.empty();
  }

  private static String held(AutoDisable rule, AutoDisableStatus standing, SwitchView view) {
    var metadata = view.sync().getMetadata();
    return "Rule %s holds it off since %s: %s. %s kubectl -n %s annotate --overwrite synccontrol %s %s%s=%s\n"
        .formatted(
            rule.name(),
            standing.heldSince(),
            standing.because(),
            rule.until() == null
                ? "Once a human has looked, it lets go with:"
                : "It lets go when %s, or with:".formatted(rule.until()),
            metadata.getNamespace(),
            metadata.getName(),
            Annotations.LET_GO,
            rule.name(),
            standing.heldSince());
  }
}
