package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** How a queue is emptied. */
public record ClearSpec(
    @Required @JsonPropertyDescription("It is a table of PostgreSQL.") ClearTable table) {}
