package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.ObservedStatus;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.api.v1alpha1.restore.RestoreTransition;
import io.fabric8.kubernetes.api.model.Condition;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;

/** Where a restore stands; written by the operator only, always whole. */
@RecordBuilder
public record DbRestoreStatus(
    @JsonPropertyDescription("metadata.generation that this status is about.")
        Long observedGeneration,
    @JsonPropertyDescription("Where the restore stands.") RestorePhase phase,
    @JsonPropertyDescription("Why it stands there, in one word.") String reason,
    @JsonPropertyDescription("The database that is replaced, once it is known.") String target,
    @JsonPropertyDescription("The backup, once it was read.") String source,
    @JsonPropertyDescription("How old the data of the backup is: when it was begun.")
        Instant dataFrom,
    @JsonPropertyDescription(
            "How old the data of the backup was when the restore began (RPO), such as 3 h 12 min.")
        String recoveryPoint,
    @JsonPropertyDescription(
            "How long it took (RTO), such as 4 min 12 s, without the time that people took to approve: until the data was live, and in a drill until it was proven.")
        String recoveryTime,
    @JsonPropertyDescription("How far the present phase is.") String progress,
    @JsonPropertyDescription(
            "Ready, Succeeded, and while they apply: Reconciling, Stalled, AwaitingApproval, DataReplaced.")
        List<Condition> conditions,
    @JsonPropertyDescription("What became of it; absent: it was not begun.") RestoreRun run,
    @JsonPropertyDescription("Counts the steps.") Long seq,
    @JsonPropertyDescription("The last steps, oldest first; the journal is written from it.")
        List<RestoreTransition> transitions)
    implements DbRestoreStatusBuilder.With, ObservedStatus<DbRestoreStatus> {

  /** Of an object that says nothing yet. */
  public static final DbRestoreStatus NOTHING =
      DbRestoreStatusBuilder.builder().phase(RestorePhase.Pending).seq(0L).build();

  /** Lists are never null. */
  public DbRestoreStatus {
    conditions = conditions == null ? List.of() : conditions;
    transitions = transitions == null ? List.of() : transitions;
    seq = seq == null ? Long.valueOf(0) : seq;
  }

  @Override
  public DbRestoreStatus saying(Long generation, String why, List<Condition> all) {
    return with().observedGeneration(generation).reason(why).conditions(all).build();
  }
}
