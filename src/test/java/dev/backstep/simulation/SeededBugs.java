package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.Inverse;
import dev.backstep.action.MistakenInverse;
import dev.backstep.gate.GateSampler;
import dev.backstep.rollbackplan.Claims;
import dev.backstep.rollbackplan.Consents;
import dev.backstep.rollbackplan.MistakenClaims;
import dev.backstep.rollbackplan.MistakenConsents;
import dev.backstep.rollbackplan.PlanCache;
import dev.backstep.rollbackplan.SimulatedPlanCache;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Deliberate mistakes, each of a kind that was made somewhere. The simulation must find them. */
final class SeededBugs {
  /**
   * A mistake and what has to find it.
   *
   * @param by the invariants that may find it first
   * @param ladder where it is looked for; null: in all
   */
  record SeededBug(Mistake mistake, String by, ReferenceLadder ladder) {
    SeededBug(Mistake mistake, String by) {
      this(mistake, by, null);
    }

    @Override
    public String toString() {
      return mistake.toString();
    }
  }

  static final List<SeededBug> ALL =
      List.of(
          new SeededBug(
              status("StatusWithoutVersion", plan -> metadata(plan).remove("resourceVersion")),
              "I5|I7"),
          new SeededBug(status("IntentNotRecorded", plan -> run(plan).remove("intent")), "I5"),
          new SeededBug(status("StepsDropped", SeededBugs::keepLastStep), "I5"),
          new SeededBug(status("SeqRewound", SeededBugs::rewind), "I5"),
          new SeededBug(status("SeqStandsStill", plan -> run(plan).put("seq", 5)), "I5"),
          new SeededBug(status("HoldForgotten", SeededBugs::forgetHolds), "I4"),
          new SeededBug(status("QuestionsAllTheSame", SeededBugs::sameQuestion), "ANSWER"),
          new SeededBug(status("OutcomeNotRecorded", SeededBugs::noOutcomes), "I11"),
          new SeededBug(status("UncountedChanges", SeededBugs::uncounted), "I8"),
          new SeededBug(
              effect("EffectWithoutMark", without(path -> path.endsWith("backstep.dev~1mark"))),
              "I1"),
          new SeededBug(
              effect("EffectOnAnyVersion", without(path -> path.endsWith("generation"))), "I13|I1"),
          new SeededBug(effect("OriginalFromZero", SeededBugs::zeroAsOriginal), "I4|I5"),
          new SeededBug(
              effect("GivenBackAtOnce", SeededBugs::givenBackAtOnce),
              "I4|I5",
              HoldLadders.TWO_RUNS_UNDONE),
          new SeededBug(effect("ReleaseOverForeignChange", SeededBugs::releaseAnyway), "I13|I5"),
          new SeededBug(new FenceNotWritten(), "I7"),
          new SeededBug(new OperatorsOwnRights(), "I9"),
          new SeededBug(new ImageCapturedAgain(), "I5|I13"),
          new SeededBug(new RefusedTakenForApplied(), "I8|I4|I7"),
          new SeededBug(new SoakIgnored(), "I14"),
          new SeededBug(new ClaimsNotLookedAt(), "I1|I4|I5|I6"),
          new SeededBug(new StaleStreaks(), "I14"),
          new SeededBug(new PauseIgnored(), "PAUSE"),
          new SeededBug(
              replaced("UndoOverForeignChange", Inverse.class, MistakenInverse.class),
              "UNDO|I5",
              ReferenceLadders.UNDO),
          new SeededBug(replaced("ActsUnapproved", Consents.class, MistakenConsents.class), "I2"),
          new SeededBug(new DryRunWrites(), "DRYRUN"),
          new SeededBug(new OwnersNotLookedAt(), "OWNED"));

  private SeededBugs() {}

  /** A mistake that has a name. */
  private static class Named extends Mistake {
    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Mistake status(String name, Consumer<ObjectNode> wrong) {
    return new Named(name) {
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

  private static Mistake effect(String name, Consumer<ArrayNode> wrong) {
    return new Named(name) {
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

  private static String text(Request request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  private static ObjectNode metadata(ObjectNode plan) {
    return (ObjectNode) plan.path("metadata");
  }

  private static ObjectNode run(ObjectNode plan) {
    return (ObjectNode) plan.at("/status/run");
  }

  private static void keepLastStep(ObjectNode plan) {
    var steps = (ArrayNode) plan.at("/status/transitions");
    while (steps.size() > 3) {
      steps.remove(0);
    }
  }

  private static void rewind(ObjectNode plan) {
    var seq = run(plan).path("seq").asLong();
    run(plan).put("seq", seq % 6 == 0 ? seq - 2 : seq);
  }

  private static void forgetHolds(ObjectNode plan) {
    if (run(plan).path("phase").asText().equals("Soaking")) {
      ((ObjectNode) plan.path("status")).putArray("holds");
    }
  }

  private static void sameQuestion(ObjectNode plan) {
    if (run(plan).path("question") instanceof ObjectNode question) {
      question.put("id", "q-1");
    }
  }

  private static void noOutcomes(ObjectNode plan) {
    plan.findParents("startedAt")
        .forEach(it -> ((ObjectNode) it).remove(it.has("changed") ? "outcome" : "none"));
  }

  private static void uncounted(ObjectNode plan) {
    plan.findParents("changed").forEach(it -> ((ObjectNode) it).put("changed", 0));
  }

  private static Consumer<ArrayNode> without(Predicate<String> unwanted) {
    return patch -> {
      for (var it = patch.elements(); it.hasNext(); ) {
        if (unwanted.test(it.next().path("path").asText())) {
          it.remove();
        }
      }
    };
  }

  private static void zeroAsOriginal(ArrayNode patch) {
    for (JsonNode operation : patch) {
      var held = operation.path("path").asText().endsWith("held-replicas");
      if (held && operation.has("value")) {
        ((ObjectNode) operation).put("value", "0");
      }
    }
  }

  private static void releaseAnyway(ArrayNode patch) {
    var releases =
        patch.findValuesAsText("path").stream().anyMatch(it -> it.endsWith("held-replicas"));
    if (releases && patch.findValuesAsText("op").contains("remove")) {
      patch.addObject().put("op", "add").put("path", "/spec/replicas").put("value", 3);
    }
  }

  /** With the first hold that goes back everything comes back, whoever else holds it. */
  private static void givenBackAtOnce(ArrayNode patch) {
    for (JsonNode operation : patch) {
      if (operation.path("path").asText().contains("held-by")
          && operation.path("op").asText().equals("remove")) {
        patch.addObject().put("op", "add").put("path", "/spec/replicas").put("value", 3);
        return;
      }
    }
  }

  private static <T> Mistake replaced(String name, Class<T> bean, Class<? extends T> by) {
    return new Named(name) {
      @Override
      void put(Beans beans) {
        beans.replace(bean, by);
      }
    };
  }

  /** Nobody sees that a run was paused. */
  private static final class PauseIgnored extends Mistake {
    @Override
    ObjectNode seen(String resource, ObjectNode object) {
      return running(object);
    }

    @Override
    Answer incoming(Request request, Answer answer) {
      return request.isStatusWrite() && answer.isOk()
          ? Answer.ok(running((ObjectNode) answer.body()))
          : answer;
    }

    private static ObjectNode running(ObjectNode object) {
      if (!object.at("/spec/run/state").asText().equals("Paused")) {
        return object;
      }
      var changed = object.deepCopy();
      Simulation.set(changed, "/spec/run", "state", "Running");
      return changed;
    }
  }

  /** What was only to be tried is written. */
  private static final class DryRunWrites extends Mistake {
    @Override
    Request outgoing(Request it) {
      return new Request(it.method(), it.path(), Map.of(), it.body(), it.user(), it.sent());
    }
  }

  /** Whose a target is does not matter. */
  private static final class OwnersNotLookedAt extends Mistake {
    @Override
    void put(Beans beans) {
      beans.put(PlanCache.class, new SimulatedPlanCache(List::of));
    }
  }

  /** An effect that is not wanted any more is believed to be fenced off. */
  private static final class FenceNotWritten extends Mistake {
    @Override
    Request outgoing(Request request) {
      return request.isEffect() && text(request).contains("backstep.dev~1fence") ? null : request;
    }
  }

  /** Targets are written with the operator's own rights. */
  private static final class OperatorsOwnRights extends Mistake {
    @Override
    Request outgoing(Request it) {
      return it.isEffect()
          ? new Request(it.method(), it.path(), it.query(), it.body(), null, it.sent())
          : it;
    }
  }

  /**
   * A before-image that is there already is not used: the present state counts as the one before.
   */
  private static final class ImageCapturedAgain extends Mistake {
    @Override
    Answer incoming(Request request, Answer answer) {
      var image = request.method().equals("POST") && text(request).contains("bs-img-");
      return image && answer.code() == 409 ? new Answer(201, Json.parse(request.body())) : answer;
    }
  }

  /** A refusal is taken for success. */
  private static final class RefusedTakenForApplied extends Mistake {
    @Override
    Answer incoming(Request request, Answer answer) {
      if (!request.isEffect() || answer.code() != 422) {
        return answer;
      }
      var pretended = Json.MAPPER.createObjectNode();
      pretended.put("apiVersion", "apps/v1").put("kind", "Deployment");
      pretended.putObject("metadata").put("name", "any").put("resourceVersion", "1");
      return Answer.ok(pretended);
    }
  }

  /** The soak is over at once. */
  private static final class SoakIgnored extends Mistake {
    @Override
    Answer incoming(Request request, Answer answer) {
      if (answer.isOk() && answer.body().at("/data/plan/verification/soak").isTextual()) {
        var changed = answer.body().deepCopy();
        Simulation.set(changed, "/data/plan/verification", "soak", "1s");
        return new Answer(answer.code(), changed);
      }
      return answer;
    }
  }

  /** Whether a run id was used before is not looked at. */
  private static final class ClaimsNotLookedAt extends Mistake {
    @Override
    void put(Beans beans) {
      beans.replace(Claims.class, MistakenClaims.class);
    }
  }

  /** What was measured before a level acted counts for it. */
  private static final class StaleStreaks extends Mistake {
    @Override
    void put(Beans beans) {
      beans.replace(GateSampler.class, MistakenSampler.class);
    }
  }
}
