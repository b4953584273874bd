package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.Query;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;

/** A time that is measured, and how old it may be. */
@SchemaCustomizer(ExactlyOne.class)
@SchemaCustomizer(MeasuredByGates.class)
@ValidationRule(
    value =
        "!has(self.maxAge) || duration(self.maxAge) >= duration('10s') && duration(self.maxAge) <= duration('720h')",
    fieldPath = ".maxAge",
    message = "maxAge must be between 10s and 720h")
@RecordBuilder
public record LastSync(
    @JsonPropertyDescription(
            "Asks an HTTP endpoint; the answer counts while successCondition is true.")
        HttpGate http,
    @JsonPropertyDescription("Asks a PostgreSQL database one question.") Query sql,
    @Default("value")
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, the time: RFC 3339, or seconds or milliseconds since 1970; null: never. Sees value (of sql the first column of the first row, of http the body); of sql rows; of http status, headers, body (JSON, else string).")
        String value,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Older than this, or null: SyncFresh is False, 10s to 720h. Absent: it is only shown.")
        String maxAge)
    implements LastSyncBuilder.With, Measurable {}
