package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A header: the shape of Kubernetes' EnvVar. */
@SchemaCustomizer(value = ExactlyOne.class, input = "value,valueFrom")
public record NamedValue(
    @Required
        @Size(min = 1, max = 128)
        @Pattern("^[A-Za-z0-9_-]+$")
        @JsonPropertyDescription("Name.")
        String name,
    @Size(max = 4096)
        @MayHoldArgs(escape = Escape.NONE, fits = Patterns.FILLED_LINE)
        @JsonPropertyDescription("The value itself; may hold $(args.name).")
        String value,
    @JsonPropertyDescription("The value is read from a Secret.") ValueFrom valueFrom) {}
