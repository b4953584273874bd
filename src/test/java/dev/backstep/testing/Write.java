package dev.backstep.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/**
 * A write that the API server has not carried out yet.
 *
 * @param request of its AdmissionReview
 */
record Write(JsonNode request) {
  private static final Pattern HASH = Pattern.compile("-[0-9a-f]{16}$");

  String uid() {
    return request.path("uid").asText();
  }

  /** Such as "UPDATE rollbackplans 12 Acting": alike in all runs of one plan. */
  String text() {
    var run = request.at("/object/status/run");
    var what =
        run.has("seq")
            ? run.path("seq").asText() + " " + run.path("phase").asText()
            : HASH.matcher(name()).replaceFirst("");
    return "%s %s %s"
        .formatted(
            request.path("operation").asText(), request.at("/resource/resource").asText(), what);
  }

  private String name() {
    return request.path("name").asText();
  }

  /** Whether it has happened: its object is there, and of another version than before. */
  boolean isStored() {
    var kind = request.path("kind");
    var group = kind.path("group").asText();
    var version = kind.path("version").asText();
    var found =
        Cluster.get()
            .client()
            .genericKubernetesResources(
                group.isEmpty() ? version : group + "/" + version, kind.path("kind").asText())
            .inNamespace(request.path("namespace").asText())
            .withName(name())
            .get();
    var before = request.at("/oldObject/metadata/resourceVersion").asText();
    return found != null && !found.getMetadata().getResourceVersion().equals(before);
  }
}
