package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.schema.OtherDefault;
import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.CallStep;
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

/** A switch that an application has itself, behind requests that say and change where it stands. */
@SchemaCustomizer(value = ExactlyOne.class, input = "service,url")
@SchemaCustomizer(value = OtherDefault.class, input = "service,replicas,Every")
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
    value = "!has(self.status.method) || self.status.method in ['GET', 'HEAD']",
    fieldPath = ".status",
    message = "status only reads: its method is GET or HEAD")
@ValidationRule(
    value = "!has(self.status.body) && !has(self.status.bodyFrom)",
    fieldPath = ".status",
    message = "status only reads: it sends no body")
@ValidationRule(
    value = "has(self.status.successCondition)",
    fieldPath = ".status",
    message = "status needs a successCondition of its own: true means that it is off")
@ValidationRule(
    value =
        "has(self.url) || (!has(self.disable.url) && !has(self.enable.url) && !has(self.status.url) && !(has(self.runOnce) && has(self.runOnce.url)))",
    fieldPath = ".url",
    message =
        "disable, enable, status and runOnce go to the same service: give them a path instead of a url")
@ValidationRule(
    value =
        "has(self.service) || (!has(self.disable.path) && !has(self.enable.path) && !has(self.status.path) && !(has(self.runOnce) && has(self.runOnce.path)))",
    fieldPath = ".path",
    message =
        "with url, disable, enable, status and runOnce have a url of their own instead of a path")
public record HttpSwitch(
    @JsonPropertyDescription(
            "A Service in the same namespace. With replicas: Every, the default here, each replica is a switch of its own; Any: they share one, so one of them is asked.")
        Call.ServicePort service,
    @Size(min = 1, max = 2048)
        @Pattern("^https?://[^\\s]+$")
        @JsonPropertyDescription(
            "Absolute address. Its host must be in the operator's allow-list (Helm value http.allowedHosts).")
        String url,
    @Default("/")
        @Size(min = 1, max = 2048)
        @Pattern("^/[^\\s]*$")
        @JsonPropertyDescription("Path and query, with a service, for steps that have none.")
        String path,
    @Default("POST") @JsonPropertyDescription("Method of disable and enable where they have none.")
        Method method,
    @Size(max = 16) @JsonPropertyDescription("Request headers, for steps that have none.")
        List<NamedValue> headers,
    @Size(min = 1, max = 16384)
        @JsonPropertyDescription("What disable and enable send where they have no body.")
        String body,
    @JsonPropertyDescription("The same, from a Secret: for bodies with credentials.")
        ValueFrom bodyFrom,
    @Default("status >= 200 && status < 300")
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, true means that disable or enable was taken, where they have none. Sees status (number), headers (lower-case names), body (JSON, else string).")
        String successCondition,
    @Default("10s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("Time limit of one request, 1s to 60s.")
        String timeout,
    @Required
        @JsonPropertyDescription(
            "The request that switches off. Sending it twice must do no more than sending it once.")
        CallStep disable,
    @Required
        @JsonPropertyDescription(
            "The request that switches on. Sending it twice must do no more than sending it once.")
        CallStep enable,
    @Required
        @JsonPropertyDescription(
            "The request that reads where it stands: its condition is true when it is off. Its method is GET, or HEAD.")
        CallStep status,
    @JsonPropertyDescription(
            "The request that makes up for what was missed, such as one that starts a sync now. It is sent once to one replica after all were switched on, and again only where nobody knows whether it arrived.")
        CallStep runOnce)
    implements Call {}
