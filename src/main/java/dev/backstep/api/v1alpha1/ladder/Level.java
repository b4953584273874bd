package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/** One rung of the ladder. */
@RecordBuilder
public record Level(
    @Required
        @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Unique in the plan.")
        String name,
    @Size(max = 1000)
        @MayHoldArgs(escape = Escape.PROSE)
        @JsonPropertyDescription("What this level does and what it costs.")
        String description,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "A promise: longer is said and recorded (ObjectiveMissed), and changes nothing.")
        String budget,
    @Size(min = 1, max = 32)
        @JsonPropertyDescription("Names of gates that must be healthy for the level to make sense.")
        List<@Size(min = 1, max = 40) String> preconditions,
    @Default("NextLevel") @JsonPropertyDescription("What follows when a precondition is not met.")
        Next onUnmetPrecondition,
    @JsonPropertyDescription(
            "Asks for approval before the level acts; absent: only if it destroys something.")
        ApprovalPolicy approval,
    @Required
        @Size(min = 1, max = 20)
        @JsonPropertyDescription(
            "Carried out in this order, the next one after the last succeeded.")
        List<Action> actions,
    @Size(min = 1, max = 32)
        @JsonPropertyDescription(
            "Names of the gates that decide about this level; absent: all with use: Health.")
        List<@Size(min = 1, max = 40) String> gates,
    @Default("Finish")
        @JsonPropertyDescription(
            "Finish, or NextLevel: this level is a step of a longer procedure, not its end.")
        OnHealthy onHealthy,
    @Default("NextLevel")
        @JsonPropertyDescription("What follows when the gates are not healthy in time.")
        Next onUnhealthy,
    @Default("Ask") @JsonPropertyDescription("What follows when the gates cannot be measured.")
        Next onInconclusive,
    @Default("Ask") @JsonPropertyDescription("What follows when an action fails.")
        Next onActionFailure)
    implements LevelBuilder.With {

  /** Who has to agree, if somebody has to. */
  public ApprovalPolicy approvalPolicy() {
    return approval == null ? ApprovalPolicy.DEFAULT : approval;
  }

  /** How a run goes on when a level healed. */
  public enum OnHealthy {
    Finish,
    NextLevel
  }

  /** How a run goes on when a level did not heal. */
  public enum Next {
    /** Climb to the next, more destructive level. */
    NextLevel,
    /** Stop and ask a human (phase AwaitingAnswer). */
    Ask
  }
}
