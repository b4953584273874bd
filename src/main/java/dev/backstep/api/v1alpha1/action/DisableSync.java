package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Ref;
import io.fabric8.generator.annotation.Required;

/** Holds a SyncControl off until it is released. */
public record DisableSync(
    @Required @JsonPropertyDescription("The SyncControl, in the plan's namespace.")
        Ref syncControlRef) {}
