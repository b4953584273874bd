package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;

/** The effects of one intent of an action, with their outcome. */
@RecordBuilder
public record EffectStatus(
    @JsonPropertyDescription("Apply, Release of what was held, Undo, or Stop of what goes on.")
        Intent.Verb verb,
    @JsonPropertyDescription("Number of the intent within action and verb, from 1.") Integer number,
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
        List<EffectResult> results)
    implements EffectStatusBuilder.With {

  /** Lists are never null. */
  public EffectStatus {
    images = images == null ? List.of() : images;
    results = results == null ? List.of() : results;
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

  /** True when nothing left the process, so that nothing can have happened. */
  public boolean nothingSent() {
    return count(How.NotSent) == targets;
  }
}
