package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;

/**
 * An effect that was decided and may be under way. It is written before the effect and taken away
 * with its outcome; whoever finds one left open has to look at the targets before doing anything
 * else.
 */
@RecordBuilder
public record Intent(
    @JsonPropertyDescription("Apply, Release of what was held, Undo, or Stop of what goes on.")
        Verb verb,
    @JsonPropertyDescription("status.run.seq of the write that recorded this intent.") Long seq,
    @JsonPropertyDescription("Name of the action.") String action,
    @JsonPropertyDescription("Number of the effect within the action, from 1.") Integer effect,
    @JsonPropertyDescription(
            "What the mark of every target reached begins with, such as its annotation backstep.dev/mark.")
        String mark,
    @JsonPropertyDescription(
            "ControllerRevisions that hold every target's state before and the change to be made.")
        List<String> images,
    @JsonPropertyDescription("How many targets.") Integer targets,
    @JsonPropertyDescription("True when some of them had been changed back by somebody else.")
        Boolean again,
    @JsonPropertyDescription("After this instant the effect is not sent any more.")
        Instant notAfter)
    implements IntentBuilder.With {

  /** What the effect is for. */
  public enum Verb {
    Apply,
    Release,
    Undo,
    /** The run is stopped: what goes on by itself is ended. */
    Stop
  }
}
