package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;

/** How a queue is emptied. */
@SchemaCustomizer(ExactlyOne.class)
public record ClearSpec(
    @JsonPropertyDescription("It is a table of PostgreSQL.") ClearTable table,
    @JsonPropertyDescription(
            "It is inside of an application, which shows and empties it by HTTP. Needs queue.size.")
        ClearHttp http) {}
