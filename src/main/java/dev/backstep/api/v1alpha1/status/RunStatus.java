package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The current or last run: everything that a new operator process needs to go on. */
@RecordBuilder
public record RunStatus(
    @JsonPropertyDescription("spec.run.id of this run.") String id,
    @JsonPropertyDescription("Made anew for every run; tells a run from one that was wiped.")
        String uid,
    @JsonPropertyDescription("ControllerRevision that pins the plan this run works on.")
        String claim,
    @JsonPropertyDescription("How the run keeps its records; absent in runs of older versions.")
        Integer records,
    @JsonPropertyDescription("Grows by one with every write of the run's status.") Long seq,
    @JsonPropertyDescription("Where the run stands.") Phase phase,
    @JsonPropertyDescription("True until the run has ended.") Boolean active,
    @JsonPropertyDescription("Why it stands there, in one word.") String reason,
    @JsonPropertyDescription("Why it stands there, and what to do now.") String message,
    @JsonPropertyDescription("Who asked for the run.") String requestedBy,
    @JsonPropertyDescription("Execute, DryRun or Drill.") Run.Mode mode,
    @JsonPropertyDescription("The symptom that was named.") String symptom,
    @JsonPropertyDescription("When the trouble began, as far as it was said.") Instant since,
    @JsonPropertyDescription(
            "Index of the current level in levels, from 0; absent before the first.")
        Integer level,
    @JsonPropertyDescription("Index of the current action in its level, from 0.") Integer action,
    @JsonPropertyDescription("The levels this run may climb, and what became of them.")
        List<LevelStatus> levels,
    @JsonPropertyDescription("When the run began.") Instant startedAt,
    @JsonPropertyDescription("When the run entered its phase.") Instant phaseSince,
    @JsonPropertyDescription("Only measurements begun after this count for the run's next step.")
        Instant measuringSince,
    @JsonPropertyDescription("When the run entered its level.") Instant levelSince,
    @JsonPropertyDescription("When the first effect was sent.") Instant respondedAt,
    @JsonPropertyDescription("When the gates turned healthy after a level.") Instant mitigatedAt,
    @JsonPropertyDescription("Since when the run is paused.") Instant pausedSince,
    @JsonPropertyDescription(
            "True when the current level was entered although the system may be healthy.")
        Boolean deliberate,
    @JsonPropertyDescription(
            "What a human or a gate settled for the current level, or for the release; it is not asked again.")
        List<Agreement> agreed,
    @JsonPropertyDescription("True when something held for the level only could not be put back.")
        Boolean putBackFailed,
    @JsonPropertyDescription(
            "NextLevel or Accept: how the run goes on once what the current action may have going on is ended.")
        Choice leaving,
    @JsonPropertyDescription("When everything that was held was given back.") Instant givenBackAt,
    @JsonPropertyDescription(
            "True when what was given back was held again, so that the wish to release it, which is still there, is not carried out a second time.")
        Boolean heldAgain,
    @JsonPropertyDescription("The gate that is measured once just now.") String asking,
    @JsonPropertyDescription("Since when that gate is measured.") Instant askedAt,
    @JsonPropertyDescription("What those gates said that are measured once for each level.")
        List<OnceResult> once,
    @JsonPropertyDescription("The approval that the current level wants, or was given.")
        ApprovalStatus approval,
    @JsonPropertyDescription("Approvals under which a level of this run acted; none counts twice.")
        List<UsedApproval> approvals,
    @JsonPropertyDescription("Promises that were not kept, each said once.") List<String> missed,
    @JsonPropertyDescription(
            "What gates with use: Evidence saw, and at the start what later measurements are compared with.")
        List<Evidence> evidence,
    @JsonPropertyDescription("What was put back, last change first.") List<UndoStatus> undone,
    @JsonPropertyDescription("Actions of earlier runs that still hold something.")
        List<EarlierAction> earlier,
    @JsonPropertyDescription("When the run ended.") Instant endedAt,
    @JsonPropertyDescription("An effect that was decided and has no outcome yet.") Intent intent,
    @JsonPropertyDescription("What the run wants to know from a human.") Question question,
    @JsonPropertyDescription("The last question that was answered.") String answered)
    implements RunStatusBuilder.With {

  /**
   * How this version keeps the records of runs: the status of a run, and the effects in its images.
   * Grows whenever one of these changes its form or its meaning.
   */
  public static final int RECORDS = 6;

  /** What is known of all its actions, as far as they were begun, in their order. */
  public Stream<ActionStatus> actions() {
    return levels.stream().flatMap(level -> level.actions().stream());
  }

  /** What is known of the open intent since it was given up before; empty: it never was. */
  public Optional<EffectStatus> givenUp() {
    return actions()
        .filter(action -> action.name().equals(intent.action()))
        .flatMap(action -> action.sent().stream())
        .filter(effect -> effect.isOf(intent))
        .findFirst();
  }

  /** True when another version began the run, whose records nobody here can read. */
  public boolean foreign() {
    return records == null || records != RECORDS;
  }

  /** Lists are never null; runs that an earlier version began were no dry runs. */
  public RunStatus {
    mode = mode == null ? Run.Mode.Execute : mode;
    agreed = agreed == null ? List.of() : agreed;
    once = once == null ? List.of() : once;
    approvals = approvals == null ? List.of() : approvals;
    missed = missed == null ? List.of() : missed;
    evidence = evidence == null ? List.of() : evidence;
    undone = undone == null ? List.of() : undone;
    earlier = earlier == null ? List.of() : earlier;
  }
}
