package dev.backstep.api.v1alpha1.gate;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Call.ServicePort;
import dev.backstep.api.v1alpha1.value.Comparison;
import dev.backstep.api.v1alpha1.value.GateKind;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * One instant query to Prometheus, or to whatever speaks its HTTP API. It measures the application
 * and is not the application: where it does not answer, nothing is known.
 */
@SchemaCustomizer(value = ExactlyOne.class, input = "service,url")
@ValidationRule(
    value = "duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('60s')",
    fieldPath = ".timeout",
    message = "timeout must be between 1s and 60s")
@ValidationRule(
    value = "!has(self.service) || !has(self.service.replicas) || self.service.replicas == 'Any'",
    fieldPath = ".service.replicas",
    message = "one Prometheus is asked: replicas must be Any")
public record PrometheusGate(
    @JsonPropertyDescription("A Service in the plan's namespace.") ServicePort service,
    @Size(min = 1, max = 2048)
        @Pattern("^https?://[^\\s?#]+$")
        @JsonPropertyDescription(
            "Absolute address, before /api/v1. Its host must be in the operator's allow-list (Helm value http.allowedHosts).")
        String url,
    @Required
        @Size(min = 1, max = 4096)
        @JsonPropertyDescription("PromQL that answers an instant vector or a scalar.")
        String query,
    @Required
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, true means healthy. Sees value (number of the first series; null where there is none, or it is NaN), rows (up to 100 series with metric, which are its labels, and value), previous (the last value), before (the value at the start of the run).")
        String successCondition,
    @Size(max = 16) @JsonPropertyDescription("Request headers.") List<NamedValue> headers,
    @Default("10s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("Time limit of one request, 1s to 60s.")
        String timeout)
    implements GateKind {

  @Override
  public boolean comparesWithStart() {
    return Comparison.withStart(successCondition);
  }
}
