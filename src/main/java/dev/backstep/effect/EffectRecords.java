package dev.backstep.effect;

import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.effect.Progress.Report;
import dev.backstep.text.Sentences;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the status keeps of effects that ended, and what is said of them. */
public final class EffectRecords {
  private EffectRecords() {}

  /**
   * The action with the outcome of its intent; what was not sent at all is replaced, and so is what
   * was not known of the same intent, and what failed before as it does now.
   */
  public static ActionStatus with(ActionStatus action, Intent intent, Instant now, Report report) {
    var effect =
        EffectStatusBuilder.builder()
            .verb(intent.verb())
            .number(intent.effect())
            .attempt(action.attempt())
            .targets(report.lost() == null ? report.results().size() : intent.targets())
            .again(intent.again())
            .images(intent.images())
            .endedAt(now)
            .results(results(report, intent.targets()))
            .build();
    var before =
        action.sent().stream()
            .filter(it -> !it.nothingSent() && !(it.undecided() && it.isOf(intent)))
            .filter(it -> !it.failed(effect))
            .toList();
    return action.withSent(EffectStatus.and(before, effect));
  }

  private static List<EffectResult> results(Report report, int targets) {
    if (report.lost() != null) {
      return IntStream.range(0, targets)
          .mapToObj(part -> new EffectResult(part, null, How.Unknown, null, null))
          .toList();
    }
    return IntStream.range(0, report.results().size())
        .mapToObj(part -> result(part, report.results().get(part)))
        .filter(
            result ->
                result.how() != How.Applied || result.said() != null || result.drift() != null)
        .toList();
  }

  private static EffectResult result(int part, Progress.Result result) {
    var outcome = result.outcome();
    var target = result.target().toString();
    if (outcome instanceof Outcome.Unknown it) {
      return new EffectResult(
          part,
          target,
          How.Unknown,
          null,
          null,
          it.landsUntil(),
          it.open() ? true : null,
          result.takes());
    }
    var applied = outcome instanceof Outcome.Applied it ? it : new Outcome.Applied(null);
    var how = How.valueOf(outcome.getClass().getSimpleName());
    return new EffectResult(part, target, how, applied.said(), applied.drift());
  }

  /** How they ended, in a sentence. */
  public static String said(Report report) {
    var parts = new ArrayList<String>();
    parts.add("%d changed".formatted(report.count(Outcome.Applied.class)));
    add(parts, report.count(Outcome.Refused.class), "had just been changed by somebody else");
    var gone = report.count(Outcome.Gone.class);
    add(parts, gone, gone == 1 ? "does not exist any more" : "do not exist any more");
    add(parts, report.count(Outcome.NotSent.class), "not sent");
    var why =
        report
            .ended(Outcome.NotSent.class)
            .map(notSent -> " " + Sentences.of(notSent.problem().message()))
            .findFirst()
            .orElse("");
    return "%s.%s".formatted(String.join(", ", parts), why);
  }

  /** What is kept off once they ended. */
  public static List<Hold> holds(List<Hold> before, Report report) {
    var released = report.released();
    var after = new ArrayList<>(before);
    after.removeIf(released::contains);
    report.held().stream().filter(hold -> !after.contains(hold)).forEach(after::add);
    return List.copyOf(after);
  }

  /** What kept them from it, or what nobody can find out; what is gone needs nothing. */
  public static Optional<String> problem(Report report) {
    return failure(report)
        .or(() -> report.ended(Outcome.Unknown.class).map(Outcome.Unknown::message).findFirst());
  }

  /** What kept them from it, or that it is lost what they were. */
  public static Optional<String> failure(Report report) {
    return Stream.concat(
            Stream.ofNullable(report.lost()),
            report.ended(Outcome.Failed.class).map(failed -> failed.problem().message()))
        .findFirst();
  }

  private static void add(List<String> parts, long count, String words) {
    if (count > 0) {
      parts.add("%d %s".formatted(count, words));
    }
  }
}
