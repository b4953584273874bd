package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What must be healthy before {@code state: Released} is carried out. */
public record Release(
    @Required
        @Size(min = 1, max = 32)
        @JsonPropertyDescription(
            "Names of gates, measured when the release is asked for; one that is red or not measurable asks instead of releasing.")
        List<@Size(min = 1, max = 40) String> gates) {}
