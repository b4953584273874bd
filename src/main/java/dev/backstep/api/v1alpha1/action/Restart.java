package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Replaces all pods; a repair. */
public record Restart(
    @Required
        @Size(min = 1, max = 256)
        @JsonPropertyDescription("What is restarted, all of them at the same time.")
        List<WorkloadRef> workloads) {}
