package dev.backstep.synccontrol.decide;

import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.AutoDisable;
import dev.backstep.api.v1alpha1.sync.AutoDisableStatus;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Which rules of {@code autoDisable} hold the sync off: one whose condition was true without a
 * break for as long as it says, until it is time to let go. What this needs to know is in the
 * status, so it goes on in another process.
 *
 * @param spec as it is now: a rule that is not there any more holds nothing
 * @param status as it stands
 * @param judged what the rules say, by their names; a rule that is missing could not be judged yet
 * @param letGo by names of rules: the hold that a human wants to end, named by when it began
 * @param now the time of the pass
 */
public record AutoDisabling(
    SyncControlSpec spec,
    SyncControlStatus status,
    Map<String, Judged> judged,
    Map<String, String> letGo,
    Instant now) {
  /** Begins the id of a holder that is a rule. */
  private static final String HOLDER = "auto-";

  /** A shorter time without a measurement, such as a restart, is no break. */
  private static final Duration LONGEST_BREAK = Duration.ofMinutes(2);

  /** So many measurements may be missing where they are far between. */
  private static final int MISSING = 4;

  /**
   * What a rule says of what was measured.
   *
   * @param when its condition is true; false too where that cannot be said
   * @param until it is to let go
   * @param seen what its condition looked at, in words
   */
  public record Judged(boolean when, boolean until, String seen) {}

  /** Where the rules stand now, those of which there is something to say. */
  public List<AutoDisableStatus> next() {
    return spec.autoDisable().stream().map(this::next).filter(AutoDisabling::says).toList();
  }

  /** True for those whose condition is true, and not for long enough yet. */
  public static boolean counts(AutoDisableStatus rule) {
    return rule.trueSince() != null && !rule.holds();
  }

  /** The holders that rules are. */
  public static List<SyncHolder> holders(List<AutoDisableStatus> rules) {
    return rules.stream()
        .filter(AutoDisableStatus::holds)
        .map(
            rule ->
                new SyncHolder(
                    HOLDER + rule.name(),
                    "",
                    "autoDisable %s (%s)".formatted(rule.name(), rule.because()),
                    rule.heldSince(),
                    null))
        .toList();
  }

  /** True for a holder that is a rule. */
  public static boolean isRule(SyncHolder holder) {
    return holder.id().startsWith(HOLDER);
  }

  private static boolean says(AutoDisableStatus rule) {
    return !rule.equals(AutoDisableStatus.named(rule.name()));
  }

  private AutoDisableStatus next(AutoDisable rule) {
    var before =
        status.autoDisable().stream()
            .filter(it -> it.name().equals(rule.name()))
            .findFirst()
            .orElseGet(() -> AutoDisableStatus.named(rule.name()));
    var said = judged.get(rule.name());
    if (before.holds()) {
      return letsGo(before, said) ? released(before) : before;
    }
    if (said == null) {
      return before;
    }
    return said.when() ? counted(rule, before, said) : before.withTrueSince(null);
  }

  private boolean letsGo(AutoDisableStatus held, Judged said) {
    return held.heldSince().toString().equals(letGo.get(held.name()))
        || said != null && said.until();
  }

  private AutoDisableStatus released(AutoDisableStatus held) {
    return AutoDisableStatus.named(held.name()).withReleasedAt(now);
  }

  private AutoDisableStatus counted(AutoDisable rule, AutoDisableStatus before, Judged said) {
    var since = before.trueSince() == null || broken() ? now : before.trueSince();
    var counted = before.withTrueSince(since);
    return passed(since, rule.lasting()) && passed(before.releasedAt(), rule.cooldown())
        ? counted.with().heldSince(now).because(said.seen()).build()
        : counted;
  }

  private boolean passed(Instant since, String time) {
    return since == null || !now.isBefore(since.plus(Durations.of(time)));
  }

  /** Nobody measured for so long that it may have been otherwise meanwhile. */
  private boolean broken() {
    return status.queue() == null || now.isAfter(status.queue().measuredAt().plus(longestBreak()));
  }

  private Duration longestBreak() {
    var missing = QueueNews.pace(spec.queue()).multipliedBy(MISSING);
    return missing.compareTo(LONGEST_BREAK) > 0 ? missing : LONGEST_BREAK;
  }
}
