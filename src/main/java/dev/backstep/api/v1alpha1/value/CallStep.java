package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A further request to the same service; what is left out is inherited from the call beside it. */
@ValidationRule(
    value = "!(has(self.url) && has(self.path))",
    fieldPath = ".path",
    message = "url and path cannot both be set: a url has its path in it")
@ValidationRule(
    value = "!(has(self.body) && has(self.bodyFrom))",
    fieldPath = ".body",
    message = "body and bodyFrom cannot both be set")
@ValidationRule(
    value =
        "!has(self.method) || self.method in ['POST', 'PUT', 'PATCH'] || (!has(self.body) && !has(self.bodyFrom))",
    fieldPath = ".body",
    message = "only POST, PUT and PATCH send a body")
@ValidationRule(
    value =
        "!has(self.timeout) || duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('60s')",
    fieldPath = ".timeout",
    message = "timeout must be between 1s and 60s")
public record CallStep(
    @Size(min = 1, max = 2048)
        @Pattern("^https?://[^\\s]+$")
        @JsonPropertyDescription(
            "Another absolute address; only beside a url. Its host must be in the operator's allow-list too.")
        String url,
    @Size(min = 1, max = 2048)
        @Pattern("^/[^\\s]*$")
        @MayHoldArgs(escape = Escape.PERCENT, fits = Patterns.FILLED_PATH)
        @JsonPropertyDescription(
            "Another path and query at the same service; may hold $(args.name), percent-encoded.")
        String path,
    @JsonPropertyDescription("Another method.") Call.Method method,
    @Size(max = 16)
        @JsonPropertyDescription("Request headers; these are sent instead of all inherited ones.")
        List<NamedValue> headers,
    @Size(min = 1, max = 16384)
        @MayHoldArgs(escape = Escape.JSON)
        @JsonPropertyDescription("What is sent; may hold $(args.name), escaped as JSON.")
        String body,
    @JsonPropertyDescription("What is sent, from a Secret: for bodies with credentials.")
        ValueFrom bodyFrom,
    @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL. Sees status (number), headers (lower-case names), body (JSON, else string).")
        String successCondition,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("Time limit of this request, 1s to 60s.")
        String timeout) {}
