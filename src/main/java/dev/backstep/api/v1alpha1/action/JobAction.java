package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** A program that is run once; a hold or a repair, as the plan declares. */
@ValidationRule(
    value = "self.effect != 'Hold' || has(self.undo)",
    fieldPath = ".effect",
    message = "a hold is given back: set undo")
public record JobAction(
    @Required @JsonPropertyDescription("Hold: comes back when the run is released; Repair: stays.")
        DeclaredEffect effect,
    @Required
        @JsonPropertyDescription("True when data may be lost: needs an Approval before it is done.")
        Boolean destructive,
    @Required @JsonPropertyDescription("What is run.") JobRun run,
    @JsonPropertyDescription("What takes it back; run on release or undo.") JobRun undo) {}
