package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.ObservedStatus;
import dev.backstep.api.v1alpha1.status.Told;
import dev.backstep.api.v1alpha1.sync.AutoDisableStatus;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.api.v1alpha1.sync.SwitchTransition;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import io.fabric8.kubernetes.api.model.Condition;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/** Where a switch stands; written by the operator only, always whole. */
@RecordBuilder
public record SyncControlStatus(
    @JsonPropertyDescription("metadata.generation that this status is about.")
        Long observedGeneration,
    @JsonPropertyDescription("Where the switch stands.") SwitchState state,
    @JsonPropertyDescription(
            "What is wanted: Disabled while spec.state says so or anybody holds it.")
        SyncControlSpec.Wish desired,
    @JsonPropertyDescription("Why it stands there, in one word.") String reason,
    @JsonPropertyDescription("How many hold it off, beside spec.state.") Integer holding,
    @JsonPropertyDescription(
            "Disabled, Ready; with queue and autoDisable: QueueHealthy, SyncFresh, AutoDisabled; and while they apply: Reconciling, Stalled, HoldOrphaned, Contested, Notified.")
        List<Condition> conditions,
    @JsonPropertyDescription(
            "Who holds it off. Copied here before anything is switched off; one goes only when it is certain that it was given back.")
        List<SyncHolder> holders,
    @JsonPropertyDescription("The time for which the sync is, or was last, kept off.")
        Episode episode,
    @JsonPropertyDescription("What was measured of the queue.") QueueStatus queue,
    @JsonPropertyDescription("Where each rule of autoDisable stands.")
        List<AutoDisableStatus> autoDisable,
    @JsonPropertyDescription("Of each notification, how far people were told.") List<Told> told,
    @JsonPropertyDescription("Counts the steps of the switch.") Long seq,
    @JsonPropertyDescription("The last steps, oldest first; the journal is written from it.")
        List<SwitchTransition> transitions)
    implements SyncControlStatusBuilder.With, ObservedStatus<SyncControlStatus> {

  /** Of an object that says nothing yet. */
  public static final SyncControlStatus NOTHING =
      SyncControlStatusBuilder.builder().seq(0L).build();

  /** Lists are never null. */
  public SyncControlStatus {
    conditions = conditions == null ? List.of() : conditions;
    holders = holders == null ? List.of() : holders;
    transitions = transitions == null ? List.of() : transitions;
    autoDisable = autoDisable == null ? List.of() : autoDisable;
    told = told == null ? List.of() : told;
    seq = seq == null ? Long.valueOf(0) : seq;
  }

  @Override
  public SyncControlStatus saying(Long generation, String why, List<Condition> all) {
    return with().observedGeneration(generation).reason(why).conditions(all).build();
  }
}
