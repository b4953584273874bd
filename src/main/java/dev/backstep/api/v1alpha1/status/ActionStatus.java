package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;

/** What became of one action. */
@RecordBuilder
public record ActionStatus(
    @JsonPropertyDescription("Name of the action.") String name,
    @JsonPropertyDescription("Absent while the action is under way.") Outcome outcome,
    @JsonPropertyDescription("How many effects were sent.") Integer effects,
    @JsonPropertyDescription("How many of them were sent before a human last answered Retry.")
        Integer effectsBefore,
    @JsonPropertyDescription("How many of them were refused because a target had just changed.")
        Integer conflicts,
    @JsonPropertyDescription("How many targets were changed.") Integer changed,
    @JsonPropertyDescription(
            "How often targets were changed again because somebody else had changed them back.")
        Integer reapplied,
    @JsonPropertyDescription(
            "Targets of single effects that were not changed: <effect>/<kind>/<name>.")
        List<String> refused,
    @JsonPropertyDescription("Dry run: what would change, before -> after, for each target.")
        List<String> preview,
    @JsonPropertyDescription("Since when the action's own gates are measured.")
        Instant provingSince,
    @JsonPropertyDescription("What happened, in a sentence.") String message,
    @JsonPropertyDescription("When it began.") Instant startedAt,
    @JsonPropertyDescription(
            "When its present attempt began; what humans said to it before does not count.")
        Instant attemptAt,
    @JsonPropertyDescription("When its outcome was known.") Instant endedAt)
    implements ActionStatusBuilder.With {

  /** Counts and lists are never null. */
  public ActionStatus {
    reapplied = reapplied == null ? Integer.valueOf(0) : reapplied;
    refused = refused == null ? List.of() : refused;
    preview = preview == null ? List.of() : preview;
  }

  /** An action that begins now. */
  public static ActionStatus begun(String name, Instant now) {
    return ActionStatusBuilder.builder()
        .name(name)
        .effects(0)
        .effectsBefore(0)
        .conflicts(0)
        .changed(0)
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
