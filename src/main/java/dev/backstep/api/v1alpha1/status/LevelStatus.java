package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What became of one level of the run. */
@RecordBuilder
public record LevelStatus(
    @JsonPropertyDescription("Name of the level.") String name,
    @JsonPropertyDescription("Absent until the run has left the level.") Outcome outcome,
    @JsonPropertyDescription("When the run entered the level.") Instant startedAt,
    @JsonPropertyDescription("When the run left the level.") Instant endedAt,
    @JsonPropertyDescription("Hash of what the level would do, where it has to be approved.")
        String hash,
    @JsonPropertyDescription(
            "What the level's actions meant when it was asked last, beyond what the plan says: part of what is approved.")
        Map<String, List<String>> pins,
    @JsonPropertyDescription("The level's actions, as far as they were begun.")
        List<ActionStatus> actions)
    implements LevelStatusBuilder.With {

  /** Lists are never null. */
  public LevelStatus {
    pins = pins == null ? Map.of() : pins;
    actions = actions == null ? List.of() : actions;
  }

  /** A level that the run has not entered. */
  public static LevelStatus waiting(String name) {
    return LevelStatusBuilder.builder().name(name).actions(List.of()).build();
  }

  /** How a level ended. */
  public enum Outcome {
    Healthy,
    Previewed,
    Precondition,
    StopCondition,
    Rejected,
    LeftOut,
    Unhealthy,
    Inconclusive,
    ActionFailed,
    NotExecutable,
    Accepted,
    Aborted
  }
}
