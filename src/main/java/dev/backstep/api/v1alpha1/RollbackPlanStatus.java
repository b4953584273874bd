package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.ObservedStatus;
import dev.backstep.api.v1alpha1.status.DrillStatus;
import dev.backstep.api.v1alpha1.status.EndedRun;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.LevelReadiness;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.StableCandidate;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.api.v1alpha1.status.Told;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.api.v1alpha1.status.TriggerStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;

/** What a plan does and did; written by the operator only, always whole. */
@RecordBuilder
public record RollbackPlanStatus(
    @JsonPropertyDescription("metadata.generation that this status is about.")
        Long observedGeneration,
    @JsonPropertyDescription("Phase of the current or last run; Idle without one.") Phase phase,
    @JsonPropertyDescription(
            "The phase, with ,Paused or ,Suspended where that is so: what kubectl get shows.")
        String standing,
    @JsonPropertyDescription("Level of the run, such as 2/3 disable-sync.") String level,
    @JsonPropertyDescription("Why the plan stands there, in one word.") String reason,
    @JsonPropertyDescription("How many things are kept off.") Integer holding,
    @JsonPropertyDescription(
            "Ready, Executable, Healthy, and gates.backstep.dev/<gate> for each gate; and while they apply: Reconciling, Stalled, Paused, AwaitingAnswer, AwaitingApproval, HoldsActive, HoldOrphaned, ObjectiveMissed, Contested, RunRefused, StableRecorded, JournalWritten, Notified.")
        List<Condition> conditions,
    @JsonPropertyDescription("What each level of the plan is able to do while no run is open.")
        List<LevelReadiness> levels,
    @JsonPropertyDescription("The current or last run.") RunStatus run,
    @JsonPropertyDescription("What is kept off, until a run is released.") List<Hold> holds,
    @JsonPropertyDescription("What was proven good, newest first.") List<StableRevision> stable,
    @JsonPropertyDescription("What is about to become stable.") StableCandidate stableCandidate,
    @JsonPropertyDescription("When each trigger last started a run or would have.")
        List<TriggerStatus> triggers,
    @JsonPropertyDescription("Of each action that a drill did, the last time that it went well.")
        List<DrillStatus> drills,
    @JsonPropertyDescription("Earlier runs, newest first.") List<EndedRun> history,
    @JsonPropertyDescription(
            "How often runs of this plan came to each end, such as Recovered; one that is released later counts again.")
        Map<String, Integer> ends,
    @JsonPropertyDescription("Run ids that were refused, newest first: they were used before.")
        List<String> refused,
    @JsonPropertyDescription("Of each notification, how far people were told.") List<Told> told,
    @JsonPropertyDescription("The steps of the run, oldest first; the journal is written from it.")
        List<Transition> transitions)
    implements RollbackPlanStatusBuilder.With, ObservedStatus<RollbackPlanStatus> {

  /** Lists are never null. */
  public RollbackPlanStatus {
    conditions = conditions == null ? List.of() : conditions;
    levels = levels == null ? List.of() : levels;
    triggers = triggers == null ? List.of() : triggers;
    holds = holds == null ? List.of() : holds;
    stable = stable == null ? List.of() : stable;
    drills = drills == null ? List.of() : drills;
    history = history == null ? List.of() : history;
    ends = ends == null ? Map.of() : ends;
    refused = refused == null ? List.of() : refused;
    told = told == null ? List.of() : told;
    transitions = transitions == null ? List.of() : transitions;
  }

  @Override
  public RollbackPlanStatus saying(Long generation, String why, List<Condition> all) {
    return with().observedGeneration(generation).reason(why).conditions(all).build();
  }
}
