package dev.backstep.api.v1alpha1.gate;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.api.v1alpha1.value.GateKind;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import dev.backstep.api.v1alpha1.value.MeasuredOnce;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.ValueFrom;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * One HTTP request whose answer says whether the application is healthy. Refused, reset, timed out,
 * no ready endpoint and a false condition are red; an unknown host, an unreadable Secret, untrusted
 * TLS and an expression that fails at run time are errors, which count as "not measurable".
 */
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
@MeasuredOnce(unless = "self.method in ['GET', 'HEAD']")
public record HttpGate(
    @JsonPropertyDescription("A Service in the plan's namespace.") ServicePort service,
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
    @Default("GET")
        @JsonPropertyDescription(
            "A gate with any other method than GET or HEAD is measured once for each level.")
        Method method,
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
            "CEL, true means healthy. Sees status (number), headers (lower-case names), body (JSON, else string).")
        String successCondition,
    @Default("10s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Time limit of one request, 1s to 60s; a request that takes longer is red.")
        String timeout)
    implements Call, GateKind {

  @Override
  public boolean once() {
    return method != null && method.changesSomething();
  }
}
