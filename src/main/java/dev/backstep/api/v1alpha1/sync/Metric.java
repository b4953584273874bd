package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Query;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;

/** A number that is measured, and what it means. */
@SchemaCustomizer(ExactlyOne.class)
@SchemaCustomizer(MeasuredByGates.class)
@ValidationRule(
    value =
        "!has(self.warnAbove) || !has(self.unhealthyAbove) || self.warnAbove < self.unhealthyAbove",
    fieldPath = ".unhealthyAbove",
    message = "unhealthyAbove must be greater than warnAbove")
@ValidationRule(
    value =
        "!has(self.unhealthyAbove) || !has(self.overflowAbove) || self.unhealthyAbove < self.overflowAbove",
    fieldPath = ".overflowAbove",
    message = "overflowAbove must be greater than unhealthyAbove")
@ValidationRule(
    value =
        "!has(self.warnAbove) || !has(self.overflowAbove) || self.warnAbove < self.overflowAbove",
    fieldPath = ".overflowAbove",
    message = "overflowAbove must be greater than warnAbove")
@RecordBuilder
public record Metric(
    @JsonPropertyDescription(
            "Asks an HTTP endpoint; the answer counts while successCondition is true.")
        HttpGate http,
    @JsonPropertyDescription("Asks a PostgreSQL database one question.") Query sql,
    @Default("value")
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, the number. Sees value (of sql the first column of the first row, of http the body); of sql rows; of http status, headers, body (JSON, else string).")
        String value,
    @Min(0)
        @JsonPropertyDescription(
            "More than this is said in an Event and in QueueHealthy, which stays True.")
        Long warnAbove,
    @Min(0)
        @JsonPropertyDescription(
            "More than this: QueueHealthy is False. Clearing is advised, and never done by itself.")
        Long unhealthyAbove,
    @Min(0)
        @JsonPropertyDescription("More than this: QueueHealthy is False with reason QueueOverflow.")
        Long overflowAbove)
    implements MetricBuilder.With, Measurable {}
