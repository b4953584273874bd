package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.CallStep;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.ValueFrom;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** One HTTP request that changes something; its author says what, and how it is undone. */
@SchemaCustomizer(value = ExactlyOne.class, input = "service,url")
@ValidationRule(
    value = "!(has(self.body) && has(self.bodyFrom))",
    fieldPath = ".body",
    message = "body and bodyFrom cannot both be set")
@ValidationRule(
    value = "self.method in ['POST', 'PUT', 'PATCH'] || (!has(self.body) && !has(self.bodyFrom))",
    fieldPath = ".body",
    message = "only POST, PUT and PATCH send a body")
@ValidationRule(
    value = "duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('60s')",
    fieldPath = ".timeout",
    message = "timeout must be between 1s and 60s")
@ValidationRule(
    value = "self.effect != 'Hold' || has(self.undo)",
    fieldPath = ".undo",
    message = "undo is required with effect Hold: it is what gives back what is held")
@ValidationRule(
    value =
        "!has(self.verify) || !has(self.verify.method) || self.verify.method in ['GET', 'HEAD']",
    fieldPath = ".verify",
    message = "verify only reads: its method is GET or HEAD")
@ValidationRule(
    value = "!has(self.verify) || (!has(self.verify.body) && !has(self.verify.bodyFrom))",
    fieldPath = ".verify",
    message = "verify only reads: it sends no body")
@ValidationRule(
    value = "!has(self.verify) || has(self.verify.successCondition)",
    fieldPath = ".verify",
    message = "verify needs a successCondition of its own: true means that it was done")
@ValidationRule(
    value =
        "has(self.url) || ((!has(self.undo) || !has(self.undo.url)) && (!has(self.verify) || !has(self.verify.url)))",
    fieldPath = ".url",
    message = "undo and verify go to the same service: give them a path instead of a url")
@ValidationRule(
    value =
        "has(self.service) || ((!has(self.undo) || !has(self.undo.path)) && (!has(self.verify) || !has(self.verify.path)))",
    fieldPath = ".path",
    message = "with url, undo and verify have a url of their own instead of a path")
public record HttpAction(
    @JsonPropertyDescription("A Service in the plan's namespace.") Call.ServicePort service,
    @Size(min = 1, max = 2048)
        @Pattern("^https?://[^\\s]+$")
        @JsonPropertyDescription(
            "Absolute address. Its host must be in the operator's allow-list (Helm value http.allowedHosts).")
        String url,
    @Default("/")
        @Size(min = 1, max = 2048)
        @Pattern("^/[^\\s]*$")
        @MayHoldArgs(escape = Escape.PERCENT, fits = Patterns.FILLED_PATH)
        @JsonPropertyDescription(
            "Path and query, with a service; may hold $(args.name), percent-encoded.")
        String path,
    @Required @JsonPropertyDescription("GET, HEAD, POST, PUT, PATCH or DELETE.") Method method,
    @Size(max = 16) @JsonPropertyDescription("Request headers.") List<NamedValue> headers,
    @Size(min = 1, max = 16384)
        @MayHoldArgs(escape = Escape.JSON)
        @JsonPropertyDescription("What is sent; may hold $(args.name), escaped as JSON.")
        String body,
    @JsonPropertyDescription("What is sent, from a Secret: for bodies with credentials.")
        ValueFrom bodyFrom,
    @Default("status >= 200 && status < 300")
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, true means done, false failed. Sees status (number), headers (lower-case names), body (JSON, else string).")
        String successCondition,
    @Default("10s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("Time limit of one request, 1s to 60s.")
        String timeout,
    @Default("false")
        @JsonPropertyDescription(
            "True: sending it twice does no more than sending it once, so it is sent again when its answer was lost, with the same header Idempotency-Key. False: it is sent at most once, and a lost answer asks a human.")
        Boolean idempotent,
    @JsonPropertyDescription(
            "A request that reads whether it was done, for when the answer was lost: the condition is true when it was. Its method is GET, or HEAD.")
        CallStep verify,
    @JsonPropertyDescription(
            "The request that takes it back, on release and on undo; as idempotent as the action itself.")
        CallStep undo,
    @Required
        @JsonPropertyDescription(
            "Hold: keeps something off until it is released; Repair: repairs something, and stays.")
        DeclaredEffect effect,
    @Required
        @JsonPropertyDescription(
            "True when it destroys something that undo does not bring back: data, messages, jobs.")
        Boolean destructive)
    implements Call {}
