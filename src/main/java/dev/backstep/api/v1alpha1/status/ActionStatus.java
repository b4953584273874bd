package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What became of one action. */
@RecordBuilder
public record ActionStatus(
    @JsonPropertyDescription("Name of the action.") String name,
    @JsonPropertyDescription("Absent while the action is under way.") Outcome outcome,
    @JsonPropertyDescription(
            "What was sent to its targets, oldest first, with the outcome; what was the same several times in a row is one entry.")
        List<EffectStatus> sent,
    @JsonPropertyDescription("Grows by one when a human answers Retry; from 1.") Integer attempt,
    @JsonPropertyDescription("Dry run: what would change, before -> after, for each target.")
        List<String> preview,
    @JsonPropertyDescription(
            "True while it is made ready, before people are asked whether the level may act; nothing live is touched.")
        Boolean preparing,
    @JsonPropertyDescription("Since when the action's own gates are measured.")
        Instant provingSince,
    @JsonPropertyDescription("What happened, in a sentence.") String message,
    @JsonPropertyDescription("When it began.") Instant startedAt,
    @JsonPropertyDescription(
            "When its present attempt began; what humans said to it before does not count.")
        Instant attemptAt,
    @JsonPropertyDescription("When its outcome was known.") Instant endedAt)
    implements ActionStatusBuilder.With {

  /** Lists are never null. */
  public ActionStatus {
    sent = sent == null ? List.of() : sent;
    attempt = attempt == null ? Integer.valueOf(1) : attempt;
    preview = preview == null ? List.of() : preview;
  }

  /** What was sent, of each intent by itself, oldest first. */
  public List<EffectStatus> effects() {
    return sent.stream().flatMap(EffectStatus::each).toList();
  }

  /** The effects that were sent to do what the action is for, oldest first. */
  public List<EffectStatus> applied() {
    return sent.stream()
        .filter(effect -> effect.verb() == Intent.Verb.Apply)
        .flatMap(EffectStatus::each)
        .toList();
  }

  /** The number of the next intent with this verb, from 1. */
  public int next(Intent.Verb verb) {
    return 1
        + effects().stream()
            .filter(effect -> effect.verb() == verb)
            .mapToInt(EffectStatus::number)
            .max()
            .orElse(0);
  }

  /** Those of the present attempt. */
  public List<EffectStatus> tried() {
    return applied().stream().filter(effect -> effect.attempt().equals(attempt)).toList();
  }

  /** Until when something that was sent may still reach its target; empty: nothing may. */
  public Optional<Instant> landsUntil() {
    return sent.stream()
        .flatMap(effect -> effect.results().stream())
        .map(EffectResult::landsUntil)
        .filter(Objects::nonNull)
        .max(Instant::compareTo);
  }

  /** From when its timeout counts; empty: it has not begun. */
  public Optional<Instant> timedFrom() {
    return Optional.ofNullable(startedAt)
        .map(began -> landsUntil().filter(began::isBefore).orElse(began));
  }

  /** True while it is made ready, before people are asked. */
  public boolean isPreparing() {
    return Boolean.TRUE.equals(preparing);
  }

  /** True once it was begun in earnest, and not only made ready. */
  public boolean begun() {
    return startedAt != null && !isPreparing();
  }

  /** What those who approve have to know of it, once it is made ready; empty: nothing more. */
  public Optional<String> forecast() {
    return startedAt == null && outcome == null ? Optional.ofNullable(message) : Optional.empty();
  }

  /** How many changes of targets the action made. */
  public int changed() {
    return applied().stream().mapToInt(effect -> effect.count(How.Applied)).sum();
  }

  /** How often in this attempt targets were changed again that somebody else had changed back. */
  public int reapplied() {
    return (int) tried().stream().filter(it -> Boolean.TRUE.equals(it.again())).count();
  }

  /** How many of the last effects of this attempt in a row found a target changed meanwhile. */
  public int conflicts() {
    var tried = tried();
    var last = tried.size();
    while (last > 0 && tried.get(last - 1).count(How.Refused) > 0) {
      last--;
    }
    return tried.size() - last;
  }

  /** With this verdict on what was sent to do what the action is for. */
  public ActionStatus settled(UnaryOperator<EffectResult> verdict) {
    return judged(effect -> effect.verb() == Intent.Verb.Apply, verdict);
  }

  /** With this verdict on what was sent to take that back. */
  public ActionStatus settledBack(UnaryOperator<EffectResult> verdict) {
    return judged(effect -> effect.verb() != Intent.Verb.Apply, verdict);
  }

  private ActionStatus judged(Predicate<EffectStatus> which, UnaryOperator<EffectResult> verdict) {
    return withSent(
        sent.stream()
            .map(
                effect ->
                    which.test(effect)
                        ? effect.withResults(effect.results().stream().map(verdict).toList())
                        : effect)
            .toList());
  }

  /** What is kept off where that was done of which nobody knows. */
  public List<Hold> perhapsHeld() {
    return applied().stream()
        .flatMap(effect -> effect.results().stream())
        .map(EffectResult::takes)
        .filter(Objects::nonNull)
        .toList();
  }

  /** True when nobody knows, or said, whether all that was sent to do it was done. */
  public boolean unsettled() {
    return applied().stream().anyMatch(effect -> effect.count(How.Unknown) > 0);
  }

  /** True when nobody knows, or said, whether what was sent to take it back was done. */
  public boolean backUnsettled() {
    return sent.stream()
        .anyMatch(effect -> effect.verb() != Intent.Verb.Apply && effect.count(How.Unknown) > 0);
  }

  /** An action that begins now. */
  public static ActionStatus begun(String name, Instant now) {
    return ActionStatusBuilder.builder()
        .name(name)
        .attempt(1)
        .startedAt(now)
        .attemptAt(now)
        .build();
  }

  /** How an action ended. */
  public enum Outcome {
    /** The effect was observed. */
    Succeeded,
    /** A verdict: it cannot be done. */
    Failed,
    /** Somebody keeps changing the targets back. */
    Contested,
    /** It is not known whether it was done. */
    Unknown,
    /** A human left it out. */
    Skipped,
    /** Only shown: a dry run, or a drill. */
    Previewed,
    /** Sent, but its effect did not show in time. */
    NotObserved
  }
}
