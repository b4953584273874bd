package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Ref;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

/** The queue of a sync is emptied; what was in it is kept. */
public record ClearQueue(
    @Required
        @JsonPropertyDescription("The SyncControl whose queue.clear says what is emptied, and how.")
        Ref syncControlRef,
    @Min(0)
        @Max(1000000000)
        @JsonPropertyDescription("With more in the queue than this, nothing is done.")
        Integer maxItems) {}
