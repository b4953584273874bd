package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.journal.Journal;
import java.nio.charset.StandardCharsets;

/** Deliberate mistakes that are made where the operator looks, or sends, or waits. */
final class WrongViews {
  private WrongViews() {}

  /** Wherever a run is seen, it has another value in one place. */
  private abstract static class RunMisread extends Mistake {
    private final String field;
    private final String value;
    private final String other;

    RunMisread(String field, String value, String other) {
      this.field = field;
      this.value = value;
      this.other = other;
    }

    @Override
    ObjectNode seen(String resource, ObjectNode object) {
      if (!object.at("/spec/run/" + field).asText().equals(value)) {
        return object;
      }
      var changed = object.deepCopy();
      Simulation.set(changed, "/spec/run", field, other);
      return changed;
    }

    @Override
    Answer incoming(Request request, Answer answer) {
      return request.isStatusWrite() && answer.isOk()
          ? Answer.ok(seen(SimulatedApiServer.PLANS, (ObjectNode) answer.body()))
          : answer;
    }
  }

  /** Nobody sees that a run was paused. */
  static final class PauseIgnored extends RunMisread {
    PauseIgnored() {
      super("state", "Paused", "Running");
    }
  }

  /** What was only to be tried is done. */
  static final class DryRunTakenForRun extends RunMisread {
    DryRunTakenForRun() {
      super("mode", "DryRun", "Execute");
    }
  }

  /** Whose a target is does not matter. */
  static final class OwnersNotLookedAt extends Mistake {
    @Override
    ObjectNode seen(String resource, ObjectNode object) {
      return without(object);
    }

    private static ObjectNode without(ObjectNode object) {
      if (Json.annotation(object, Rules.OWNER) == null) {
        return object;
      }
      var changed = object.deepCopy();
      ((ObjectNode) changed.at("/metadata/annotations")).remove(Rules.OWNER);
      return changed;
    }
  }

  /** A claim counts for ever. */
  static final class EndedOwnersCount extends Mistake {
    @Override
    ObjectNode seen(String resource, ObjectNode object) {
      return open(object);
    }

    @Override
    Answer incoming(Request request, Answer answer) {
      if (request.path().endsWith("/rollbackplans") && answer.isOk()) {
        var all = (ObjectNode) answer.body().deepCopy();
        var items = all.putArray("items");
        answer.body().path("items").forEach(plan -> items.add(open((ObjectNode) plan)));
        return Answer.ok(all);
      }
      return answer;
    }

    private static ObjectNode open(ObjectNode plan) {
      if (!plan.at("/metadata/name").asText().equals("other")) {
        return plan;
      }
      var changed = plan.deepCopy();
      if (changed.at("/status/run") instanceof ObjectNode run) {
        run.put("active", true);
      }
      return changed;
    }
  }

  /** An effect that is not wanted any more is believed to be fenced off. */
  static final class FenceNotWritten extends Mistake {
    @Override
    Request outgoing(Request request) {
      return request.isEffect() && Mistakes.text(request).contains("backstep.dev~1fence")
          ? null
          : request;
    }
  }

  /** Targets are written with the operator's own rights. */
  static final class OperatorsOwnRights extends Mistake {
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
  static final class ImageOfAnotherState extends Mistake {
    @Override
    Request outgoing(Request request) {
      if (!request.method().equals("POST") || !Mistakes.text(request).contains("bs-img-")) {
        return request;
      }
      var body = Json.parse(Mistakes.text(request));
      body.findParents("before").forEach(it -> ((ObjectNode) it).put("before", "another"));
      return new Request(
          request.method(),
          request.path(),
          request.query(),
          body.toString().getBytes(StandardCharsets.UTF_8),
          request.user(),
          request.sent());
    }
  }

  /** A refusal is taken for success. */
  static final class RefusedTakenForApplied extends Mistake {
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

  /** The pinned plan has another soak than it says. */
  static final class OtherSoak extends Mistake {
    private final String soak;

    OtherSoak(String soak) {
      this.soak = soak;
    }

    @Override
    Answer incoming(Request request, Answer answer) {
      if (answer.isOk() && answer.body().at("/data/pinned/verification/soak").isTextual()) {
        var changed = answer.body().deepCopy();
        Simulation.set(changed, "/data/pinned/verification", "soak", soak);
        return new Answer(answer.code(), changed);
      }
      return answer;
    }
  }

  /** A gate that changes something is measured again and again. */
  static final class PostsAgainAndAgain extends Mistake {
    @Override
    Answer incoming(Request request, Answer answer) {
      if (!answer.isOk() || !answer.body().at("/data/pinned/gates").isArray()) {
        return answer;
      }
      var changed = answer.body().deepCopy();
      for (var gate : changed.at("/data/pinned/gates")) {
        if (gate.at("/http/method").asText().equals("POST")) {
          ((ObjectNode) gate).put("measure", "Repeatedly");
        }
      }
      return new Answer(answer.code(), changed);
    }
  }

  /** No step is written to the journal. */
  static final class NothingJournaled extends Mistake {
    @Override
    void put(Beans beans) {
      beans.put(Journal.class, SimulatedProcess.NO_JOURNAL);
    }
  }

  /** Whose rights are used does not depend on the namespace. */
  static final class RightsOfElsewhere extends Mistake {
    @Override
    Request outgoing(Request it) {
      return it.isEffect()
          ? new Request(
              it.method(),
              it.path(),
              it.query(),
              it.body(),
              "system:serviceaccount:shop:runner",
              it.sent())
          : it;
    }
  }

  /** It looks again at once, and finds nothing to do. */
  static final class LooksAgainAtOnce extends Mistake {
    @Override
    long pause(long millis) {
      return Math.min(millis, 20);
    }
  }

  /** One look in a history ends with an exception that nobody expects. */
  static final class Throws extends Mistake {
    private int looks;

    @Override
    void looking() {
      if (++looks == 3) {
        throw new IllegalStateException("the mistake");
      }
    }
  }
}
