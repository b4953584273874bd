package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What KEDA scales is kept at zero until it is given back. */
public record PauseScaledObjects(
    @Required
        @Size(min = 1, max = 32)
        @JsonPropertyDescription(
            "The ScaledObjects of KEDA, in the same namespace. Each is paused at 0 replicas, and comes back as it was: one that was paused before stays paused.")
        List<@Size(min = 1, max = 253) @Pattern(Patterns.OBJECT_NAME) String> names) {}
