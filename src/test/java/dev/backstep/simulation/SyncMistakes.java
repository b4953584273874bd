package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.function.Consumer;

/** Deliberate mistakes with SyncControls. */
final class SyncMistakes {
  private static final String KEY = "Idempotency-Key";

  private SyncMistakes() {}

  /** What is written of a SyncControl is wrong. */
  static Mistake status(Consumer<ObjectNode> wrong) {
    return new Mistake() {
      @Override
      Request outgoing(Request request) {
        if (!request.isStatusWrite() || !request.path().contains("/synccontrols/")) {
          return request;
        }
        var sync = Json.parse(request.body());
        wrong.accept(sync);
        return request.withBody(Json.bytes(sync));
      }
    };
  }

  /** It says that it is off as soon as it begins. */
  static void saysOff(ObjectNode sync) {
    if (sync.at("/status/state").asText().equals("Disabling")) {
      ((ObjectNode) sync.path("status")).put("state", "Disabled");
    }
  }

  static void intentsOfOthers(ObjectNode sync) {
    sync.at("/status/episode/means").forEach(Mistakes::ofAnother);
  }

  /** The worker gets one replica less than it had. */
  static void oneLess(ArrayNode patch) {
    for (var operation : patch) {
      var replicas = operation.path("value").asInt();
      if (operation.path("path").asText().equals("/spec/replicas") && replicas > 0) {
        ((ObjectNode) operation).put("value", replicas - 1);
      }
    }
  }

  /** A request that is sent again has another key. */
  static Mistake anotherKey() {
    return new Mistake() {
      @Override
      Request outgoing(Request request) {
        if (!request.query().containsKey(KEY)) {
          return request;
        }
        var said = new HashMap<>(request.query());
        said.put(KEY, said.get(KEY) + "/" + request.sent());
        return new Request(
            request.method(), request.path(), said, request.body(), request.user(), request.sent());
      }
    };
  }
}
