package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.Ref;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Tables are copied from the one side of a sync to the other. */
public record Resync(
    @Required
        @JsonPropertyDescription(
            "The SyncControl whose resync says what is copied, from where and to where.")
        Ref syncControlRef,
    @Size(min = 1, max = 64)
        @JsonPropertyDescription(
            "Only these of its tables; absent: all. The order is the SyncControl's.")
        List<@Size(min = 1, max = 130) @Pattern(Patterns.TABLE) String> tables) {}
