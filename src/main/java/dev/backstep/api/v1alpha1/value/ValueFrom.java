package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Where a value comes from that must not be written into a plan. */
public record ValueFrom(
    @Required
        @JsonPropertyDescription(
            "Read as the plan's ServiceAccount; never shown in status, log, events or journal.")
        SecretKey secretKeyRef) {}
