package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.asked;
import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.BACK;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.images;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.off;
import static dev.backstep.simulation.ReferenceLadders.stopAndBack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import java.util.List;
import java.util.function.Predicate;

/** Ladders about gates: which decide, when each is asked, and what follows from what it says. */
final class GateLadders {
  /** Called once: it changes something. */
  private static final String ORDER =
      "- {name: order, within: 30s, use: %s, http: {service: {name: web, port: 80}, method:"
          + " POST}}\n";

  /** A human looks. */
  private static final String LOOK =
      "- {name: look, within: 60s, use: %s, manual: {text: Look at the guest names.}}\n";

  private static final String STORE =
      """
      - name: store
        use: OnDemand
        interval: 5s
        within: 30s
        consecutiveSuccessLimit: 2
        consecutiveFailureLimit: 2
        http: {service: {name: store, port: 80}}
      """;

  private static final String COMPLAINTS =
      """
      - name: complaints
        use: OnDemand
        interval: 5s
        within: 30s
        consecutiveSuccessLimit: 2
        consecutiveFailureLimit: 2
        http: {service: {name: worker, port: 80}, path: /complaints}
      """;

  /** What the level's own gate says decides; web stays red. */
  static final ReferenceLadder OWN_GATES =
      ReferenceLadder.of(
              "own-gates",
              with(COMPLAINTS)
                  + levels(
                      off("stop", "worker")
                          .replace("  actions", "  gates: [complaints]\n  actions")))
          .with(deployment("web", "app:v2"), deployment("worker", "app:v2"))
          .thenRun(in("Idle"), "stop")
          .thenSees("Mitigated", "Soaked");

  /** After the repeated gate one that is called once, then one that a human answers. */
  static final ReferenceLadder ONCE =
      ReferenceLadder.of("once", with(ORDER.formatted("Health") + LOOK.formatted("Health")) + BACK)
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back")
          .thenItem("carol", "look", Decision.Approve, asking("look"))
          .thenSees("Recovered", "Soaked");

  /** Who looked once and saw nothing good looks again. */
  static final ReferenceLadder LOOK_AGAIN =
      ReferenceLadder.of(
              "look-again",
              with(LOOK.formatted("Health"))
                  + levels(
                      images("back", "web", "app:v1")
                          .replace("  actions", "  onUnhealthy: Ask\n  actions")))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back")
          .thenItem("carol", "look", Decision.Reject, asking("look"))
          .thenAnswer("Retry")
          .thenItem("carol", "look", Decision.Approve, asking("look"))
          .thenSees("Recovered", "Soaked");

  /** The worker has to be quiet before web is brought back. */
  static final ReferenceLadder VERIFY =
      ReferenceLadder.of("verify", with(COMPLAINTS) + stopAndBack("verify: [complaints]", ""))
          .with(deployment("worker", "app:v2"), deployment("web", "app:v2"))
          .thenRun(in("Idle"), "both")
          .thenSees("Mitigated", "Soaked");

  /** What proves the action is called after the action only, not while its approval is awaited. */
  static final ReferenceLadder VERIFY_ONCE =
      ReferenceLadder.of(
              "verify-once",
              with(ORDER.formatted("OnDemand"))
                  + levels(
                      images("back", "web", "app:v1")
                          .replace("  actions:", "  approval: {approvers: 1}\n  actions:")
                          .replace("    timeout", "    verify: [order]\n    timeout")))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back")
          .thenApproval("carol")
          .thenSees("Recovered", "Soaked");

  /** The store has to work for the first level to make sense. */
  static final ReferenceLadder PRECONDITION =
      ReferenceLadder.of("precondition", with(STORE) + levels(needsStore("back", "")))
          .with(deployment("web", "app:v2"), deployment("store", "app:v1"))
          .thenRun(in("Idle"), "back")
          .thenSees("Recovered", "Soaked");

  /** It does not: one level is left out, for the other somebody is asked. */
  static final ReferenceLadder UNMET =
      ReferenceLadder.of(
              "unmet",
              with(STORE)
                  + levels(
                      needsStore("first", "")
                          + needsStore("second", "\n  onUnmetPrecondition: Ask")))
          .with(deployment("web", "app:v2"), deployment("store", "app:v2"))
          .thenRun(in("Idle"), "first", "second")
          .thenAnswer("Proceed")
          .thenSees("Recovered", "Soaked");

  /** Nothing is given back before the store works. */
  static final ReferenceLadder RELEASE_GATE =
      ReferenceLadder.of(
              "release-gate",
              with(COMPLAINTS + STORE).replace("name: web", "name: worker")
                  + "release: {gates: [store]}\n"
                  + levels(
                      off("stop", "worker")
                          .replace("  actions", "  gates: [complaints]\n  actions")))
          .with(deployment("worker", "app:v2"), deployment("store", "app:v2"))
          .thenRun(in("Idle"), "stop")
          .thenState("Mitigated", "Released")
          .then(
              "mends both",
              asked("ReleaseGate"),
              (world, plan) -> List.of("store", "worker").forEach(name -> mend(world, name)))
          // Not at once: a gate that is still red after a Retry is asked about again.
          .thenAfter(
              6000,
              "tries again",
              asked("ReleaseGate"),
              world ->
                  world
                      .human()
                      .edit("answers Retry", plan -> ReferenceLadder.answer(plan, "Retry")))
          .thenSees("Released", "Released");

  /** A database says whether it is better than before. */
  static final ReferenceLadder ASKED =
      ReferenceLadder.of(
              "asked",
              GATES.replace(
                      "http: {service: {name: web, port: 80}}",
                      "sql: {databaseRef: {name: orders-db}, query: SELECT well, successCondition: 'value == 1 && (before == null || value > before)'}")
                  + BACK)
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back")
          .thenSees("Recovered", "Soaked");

  /** A program says it, which is run once. */
  static final ReferenceLadder PROGRAM =
      program("program", SimulatedJobs.LOOKS + "web").thenSees("Recovered", "Soaked");

  /** It says no, and somebody has it asked again. */
  static final ReferenceLadder PROGRAM_RED =
      program("program-red", "tool:fail-web")
          .thenAnswer("Retry")
          .then(
              "accepts it",
              in("AwaitingAnswer").and(GateLadders::askedAnew),
              (world, plan) -> ReferenceLadder.answer(plan, "Accept"))
          .thenSees("Recovered", "AcceptedByHuman");

  /** Seen at the start and at the end, decides nothing. */
  static final ReferenceLadder EVIDENCE =
      ReferenceLadder.of(
              "evidence",
              with(
                      "- {name: orders, use: Evidence, interval: 5s, http: {service: {name: store,"
                          + " port: 80}}}\n")
                  + BACK)
          .with(deployment("web", "app:v2"), deployment("store", "app:v2"))
          .thenRun(in("Idle"), "back")
          .thenSees("Recovered", "Soaked");

  static final List<ReferenceLadder> ALL =
      List.of(
          OWN_GATES,
          ONCE,
          LOOK_AGAIN,
          VERIFY,
          VERIFY_ONCE,
          PRECONDITION,
          UNMET,
          RELEASE_GATE,
          ASKED,
          PROGRAM,
          PROGRAM_RED,
          EVIDENCE);

  private GateLadders() {}

  private static String with(String more) {
    return GATES.replace("verification:", more + "verification:");
  }

  private static String needsStore(String level, String more) {
    return images(level, "web", "app:v1")
        .replace("  actions", "  preconditions: [store]%s\n  actions".formatted(more));
  }

  private static Predicate<JsonNode> asking(String gate) {
    return plan ->
        plan.at("/status/run/asking").asText().equals(gate) && in("Verifying").test(plan);
  }

  private static ReferenceLadder program(String name, String image) {
    return ReferenceLadder.of(
            name,
            with(
                    "- {name: program, within: 2m, job: {image: '%s', timeout: 1m}}\n"
                        .formatted(image))
                + levels(
                    images("back", "web", "app:v1")
                        .replace("  actions", "  onUnhealthy: Ask\n  actions")))
        .with(deployment("web", "app:v2"))
        .thenRun(in("Idle"), "back");
  }

  /** Another question than the one that was answered. */
  private static boolean askedAnew(JsonNode plan) {
    return !plan.at("/spec/run/answer/question").equals(plan.at("/status/run/question/id"));
  }

  private static void mend(Simulation world, String name) {
    world.change(
        "team",
        "deployments",
        name,
        it -> Simulation.set(it, "/spec/template/spec/containers/0", "image", "app:v3"));
  }
}
