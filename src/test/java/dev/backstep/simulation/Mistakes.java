package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Deliberate mistakes, each of a kind that was made somewhere, put in where it would be made. */
final class Mistakes {
  private Mistakes() {}

  static Mistake status(Consumer<ObjectNode> wrong) {
    return new Mistake() {
      @Override
      Request outgoing(Request request) {
        if (!request.isStatusWrite()) {
          return request;
        }
        var plan = Json.parse(request.body());
        if (plan.at("/status/run").isObject()) {
          wrong.accept(plan);
        }
        return request.withBody(Json.bytes(plan));
      }
    };
  }

  static Mistake effect(Consumer<ArrayNode> wrong) {
    return new Mistake() {
      @Override
      Request outgoing(Request request) {
        if (!request.isEffect() || !request.method().equals("PATCH")) {
          return request;
        }
        var patch = (ArrayNode) Json.parse(text(request));
        wrong.accept(patch);
        return request.withBody(Json.bytes(patch));
      }
    };
  }

  static String text(Request request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  static ObjectNode metadata(ObjectNode plan) {
    return (ObjectNode) plan.path("metadata");
  }

  static ObjectNode run(ObjectNode plan) {
    return (ObjectNode) plan.at("/status/run");
  }

  static void keepLastStep(ObjectNode plan) {
    var steps = (ArrayNode) plan.at("/status/transitions");
    while (steps.size() > 3) {
      steps.remove(0);
    }
  }

  static void rewind(ObjectNode plan) {
    var seq = run(plan).path("seq").asLong();
    run(plan).put("seq", seq % 6 == 0 ? seq - 2 : seq);
  }

  static Consumer<ObjectNode> forgetHoldsOnce() {
    var forgotten = new AtomicBoolean();
    return plan -> {
      if (run(plan).path("phase").asText().equals("Soaking")
          && forgotten.compareAndSet(false, true)) {
        ((ObjectNode) plan.path("status")).putArray("holds");
      }
    };
  }

  /** When it is over, its id is refused. */
  static void refused(ObjectNode plan) {
    if (!run(plan).path("active").asBoolean()) {
      ((ObjectNode) plan.path("status")).putArray("refused").add(run(plan).path("id").asText());
    }
  }

  static void sameQuestion(ObjectNode plan) {
    if (run(plan).path("question") instanceof ObjectNode question) {
      question.put("id", "q-1");
    }
  }

  /** The intent that is recorded is none for what is sent. One that is missing is noticed. */
  static void ofAnother(JsonNode parent) {
    if (parent.path("intent") instanceof ObjectNode intent) {
      intent.put("mark", intent.path("mark").asText().replaceFirst("^[^/]*", "bs-run-of-another"));
    }
  }

  static void noOutcomes(ObjectNode plan) {
    plan.findParents("startedAt")
        .forEach(it -> ((ObjectNode) it).remove(it.has("sent") ? "outcome" : "none"));
  }

  static void uncounted(ObjectNode plan) {
    plan.findParents("results").forEach(it -> ((ObjectNode) it).put("targets", 0));
  }

  static Consumer<ArrayNode> without(Predicate<String> unwanted) {
    return patch -> {
      for (var it = patch.elements(); it.hasNext(); ) {
        if (unwanted.test(it.next().path("path").asText())) {
          it.remove();
        }
      }
    };
  }

  static void zeroAsOriginal(ArrayNode patch) {
    for (JsonNode operation : patch) {
      var held = operation.path("path").asText().endsWith("held-replicas");
      if (held && operation.has("value")) {
        ((ObjectNode) operation).put("value", "0");
      }
    }
  }

  static void releaseAnyway(ArrayNode patch) {
    var releases =
        patch.findValuesAsText("path").stream().anyMatch(it -> it.endsWith("held-replicas"));
    if (releases && patch.findValuesAsText("op").contains("remove")) {
      patch.addObject().put("op", "add").put("path", "/spec/replicas").put("value", 3);
    }
  }

  /** With the first hold that goes back everything comes back, whoever else holds it. */
  static void givenBackAtOnce(ArrayNode patch) {
    for (JsonNode operation : patch) {
      if (operation.path("path").asText().contains("held-by")
          && operation.path("op").asText().equals("remove")) {
        patch.addObject().put("op", "add").put("path", "/spec/replicas").put("value", 3);
        return;
      }
    }
  }

  static <T> Mistake replaced(Class<T> bean, Class<? extends T> by) {
    return new Mistake() {
      @Override
      void put(Beans beans) {
        beans.replace(bean, by);
      }
    };
  }
}
