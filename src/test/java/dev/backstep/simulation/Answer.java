package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the API server answers. */
record Answer(int code, JsonNode body) {

  static Answer ok(JsonNode body) {
    return new Answer(200, body);
  }

  static Answer refused(int code, String reason, String message) {
    ObjectNode status = Json.MAPPER.createObjectNode();
    status.put("apiVersion", "v1").put("kind", "Status").put("status", "Failure");
    status.put("code", code).put("reason", reason).put("message", message);
    return new Answer(code, status);
  }

  /** Nothing is created in a namespace that is being deleted. */
  static Answer terminating(String message) {
    var answer = refused(403, "Forbidden", message);
    answer
        .object()
        .putObject("details")
        .putArray("causes")
        .addObject()
        .put("reason", "NamespaceTerminating");
    return answer;
  }

  /** The object that was answered. */
  ObjectNode object() {
    return (ObjectNode) body;
  }

  boolean isOk() {
    return code < 300;
  }
}
