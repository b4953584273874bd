package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A path that answers 503 until it is given back. */
@ValidationRule(
    value = "self.routeRef.kind == 'HTTPRoute' || self.pathType != 'RegularExpression'",
    fieldPath = ".pathType",
    message = "an Ingress knows no regular expressions: use Exact or Prefix, or an HTTPRoute")
@ValidationRule(
    value = "self.routeRef.kind == 'HTTPRoute' || !has(self.method)",
    fieldPath = ".method",
    message = "an Ingress does not tell methods apart: leave method out, or use an HTTPRoute")
@ValidationRule(
    value = "self.routeRef.kind == 'HTTPRoute' || !has(self.body)",
    fieldPath = ".body",
    message =
        "an Ingress cannot say what is answered: leave body out (Helm value responder.body is for all), or use an HTTPRoute")
public record BlockRoute(
    @Required @JsonPropertyDescription("What routes the requests.") RouteRef routeRef,
    @Size(min = 1, max = 253)
        @Pattern("^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
        @JsonPropertyDescription(
            "A host of the route, as the route writes it; absent: every host of the route.")
        String host,
    @Required
        @Size(min = 1, max = 1024)
        @Pattern("^/[^\\s]*$")
        @JsonPropertyDescription("Requests to this path answer 503.")
        String path,
    @Default("Prefix")
        @JsonPropertyDescription(
            "Exact; Prefix: with everything below, part by part of the path; RegularExpression: as the controller understands it, HTTPRoute only.")
        PathType pathType,
    @JsonPropertyDescription("Only requests with this method; HTTPRoute only.") Method method,
    @Size(min = 1, max = 2048)
        @JsonPropertyDescription(
            "JSON that is sent with the 503; HTTPRoute only, and answered by the chart's responder.")
        String body) {

  /** The object that routes the requests. */
  public record RouteRef(
      @Required @JsonPropertyDescription("Ingress, or HTTPRoute of the Gateway API.") Kind kind,
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Patterns.OBJECT_NAME)
          @JsonPropertyDescription("Its name, in the plan's namespace.")
          String name) {
    @Override
    public String toString() {
      return "%s %s".formatted(kind, name);
    }
  }

  /** Kinds of objects that route requests. */
  public enum Kind {
    Ingress,
    HTTPRoute
  }

  /** How a path is compared. */
  public enum PathType {
    Exact,
    Prefix,
    RegularExpression
  }

  /** Methods that can be told apart. */
  public enum Method {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE
  }
}
