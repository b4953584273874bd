package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.BackupTo;
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

/** A queue inside of an application, behind requests that show all of it and empty it. */
@SchemaCustomizer(value = ExactlyOne.class, input = "service,url")
@ValidationRule(
    value = "duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('60s')",
    fieldPath = ".timeout",
    message = "timeout must be between 1s and 60s")
@ValidationRule(
    value = "!has(self.service) || self.service.replicas == 'Any'",
    fieldPath = ".service.replicas",
    message = "it is one queue, which one replica shows and empties: replicas must be Any")
@ValidationRule(
    value = "!has(self.export.method) || self.export.method == 'GET'",
    fieldPath = ".export",
    message = "export only reads: its method is GET")
@ValidationRule(
    value = "!has(self.export.body) && !has(self.export.bodyFrom)",
    fieldPath = ".export",
    message = "export only reads: it sends no body")
@ValidationRule(
    value = "has(self.url) || (!has(self.export.url) && !has(self.clear.url))",
    fieldPath = ".url",
    message = "export and clear go to the same service: give them a path instead of a url")
@ValidationRule(
    value = "has(self.service) || (!has(self.export.path) && !has(self.clear.path))",
    fieldPath = ".path",
    message = "with url, export and clear have a url of their own instead of a path")
public record ClearHttp(
    @JsonPropertyDescription("A Service in the same namespace; one replica of it is asked.")
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
    @Size(max = 16)
        @JsonPropertyDescription(
            "Request headers, for steps that have none; such as an admin's token, from a Secret.")
        List<NamedValue> headers,
    @Default("status >= 200 && status < 300")
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, true means that a step was answered as wanted, for steps that have none. Sees status (number), headers (lower-case names), body (JSON, else string).")
        String successCondition,
    @Default("10s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("Time limit of one request, 1s to 60s.")
        String timeout,
    @Required
        @JsonPropertyDescription(
            "The request that shows all entries: what is answered is the backup, at most 16 MiB. A GET.")
        CallStep export,
    @Required
        @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "CEL, how many entries the export has, such as size(body.data.operations): nothing is cleared unless that is the size of the queue. Sees status, headers, body, and value, which is the body.")
        String exportCount,
    @Required @JsonPropertyDescription("The request that empties the queue. A POST.")
        CallStep clear,
    @Required @JsonPropertyDescription("Where the export is kept.") BackupTo backup)
    implements Call {

  /** {@inheritDoc} Of a step that has none and changes something. */
  @Override
  public Method method() {
    return Method.POST;
  }

  /** {@inheritDoc} Only steps have one. */
  @Override
  public String body() {
    return null;
  }

  /** {@inheritDoc} Only steps have one. */
  @Override
  public ValueFrom bodyFrom() {
    return null;
  }
}
