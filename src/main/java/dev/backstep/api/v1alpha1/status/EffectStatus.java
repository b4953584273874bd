package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The effects of one intent of an action, with their outcome; or of several in a row that were the
 * same, and ended the same. So what is done again for days does not grow.
 */
@RecordBuilder
public record EffectStatus(
    @JsonPropertyDescription("Apply, Release of what was held, Undo, or Stop of what goes on.")
        Intent.Verb verb,
    @JsonPropertyDescription(
            "Number of the intent within action and verb, from 1; of several, of the last one.")
        Integer number,
    @JsonPropertyDescription("Attempt of the action that it belongs to, from 1.") Integer attempt,
    @JsonPropertyDescription("How many targets.") Integer targets,
    @JsonPropertyDescription(
            "True when targets were changed again because somebody else had changed them back.")
        Boolean again,
    @JsonPropertyDescription(
            "ControllerRevisions that hold every target's state before and the change.")
        List<String> images,
    @JsonPropertyDescription("When the outcome was known.") Instant endedAt,
    @JsonPropertyDescription(
            "How those targets ended that were not simply changed, or have something to say.")
        List<EffectResult> results,
    @JsonPropertyDescription(
            "How many intents right before this one, with the numbers right before its own, were the same and ended the same; absent: none.")
        Integer repeats,
    @JsonPropertyDescription(
            "True when each of these was one of an attempt of its own, one after the other; absent: all are of this attempt.")
        Boolean ofAttempts)
    implements EffectStatusBuilder.With {

  /** Lists are never null. */
  public EffectStatus {
    images = images == null ? List.of() : images;
    results = results == null ? List.of() : results;
  }

  /**
   * A list with one more. Where that is the same as the last one, and all of it reached its
   * targets, the two are one entry.
   *
   * @param before oldest first
   */
  public static List<EffectStatus> and(List<EffectStatus> before, EffectStatus next) {
    var all = new ArrayList<>(before);
    if (!all.isEmpty() && next.repeats(all.get(all.size() - 1))) {
      all.add(all.remove(all.size() - 1).repeatedBy(next));
    } else {
      all.add(next);
    }
    return List.copyOf(all);
  }

  private boolean repeats(EffectStatus last) {
    return !images.isEmpty()
        && count(How.Applied) == targets
        && number == last.number + 1
        && inTurn(last)
        && alike(last).equals(this);
  }

  /** All of one attempt, or each of the next one. */
  private boolean inTurn(EffectStatus last) {
    var steps = attempt - last.attempt;
    return last.repeats == null
        ? steps == 0 || steps == 1
        : steps == (last.ofAttempts == null ? 0 : 1);
  }

  private EffectStatus alike(EffectStatus last) {
    return last.with()
        .number(number)
        .attempt(attempt)
        .endedAt(endedAt)
        .repeats(null)
        .ofAttempts(null)
        .build();
  }

  private EffectStatus repeatedBy(EffectStatus next) {
    return next.with()
        .repeats(repeats == null ? 1 : repeats + 1)
        .ofAttempts(next.attempt.equals(attempt) ? null : true)
        .build();
  }

  /** The effects of each intent by itself, oldest first. */
  public Stream<EffectStatus> each() {
    if (repeats == null) {
      return Stream.of(this);
    }
    return IntStream.rangeClosed(-repeats, 0)
        .mapToObj(
            step ->
                with()
                    .number(number + step)
                    .attempt(ofAttempts == null ? attempt : attempt + step)
                    .repeats(null)
                    .ofAttempts(null)
                    .build());
  }

  /** How many targets ended so. */
  public int count(How how) {
    var otherwise = results.stream().filter(result -> result.how() != How.Applied).count();
    return (int)
        (how == How.Applied
            ? targets - otherwise
            : results.stream().filter(result -> result.how() == how).count());
  }

  /** How the effect with this index ended. */
  public How how(int part) {
    return results.stream()
        .filter(result -> result.part() == part)
        .map(EffectResult::how)
        .findFirst()
        .orElse(How.Applied);
  }

  /** True when it can still be found out whether some of it was done. */
  public boolean undecided() {
    return results.stream().anyMatch(EffectResult::undecided);
  }

  /** True when it can still be found out whether the effect with this index was done. */
  public boolean undecided(int part) {
    return results.stream().anyMatch(result -> result.part() == part && result.undecided());
  }

  /** True when these are the effects of that intent. */
  public boolean isOf(Intent intent) {
    return verb == intent.verb() && number.equals(intent.effect());
  }

  /** True when it was for the same as another one of its attempt, and failed as that one did. */
  public boolean failed(EffectStatus as) {
    return verb == as.verb
        && attempt.equals(as.attempt)
        && count(How.Failed) == targets
        && results.equals(as.results);
  }

  /** True when nothing left the process, so that nothing can have happened. */
  public boolean nothingSent() {
    return count(How.NotSent) == targets;
  }
}
