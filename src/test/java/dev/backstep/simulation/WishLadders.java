package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.asked;
import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.BACK;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.OTHER;
import static dev.backstep.simulation.ReferenceLadders.TO_LAST_STABLE;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.images;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.owned;
import static dev.backstep.simulation.ReferenceLadders.restart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** Ladders about how runs begin, what they are given, and what humans do for them. */
final class WishLadders {
  /** Looked at for a while before anything is touched. */
  static final ReferenceLadder OBSERVE =
      ReferenceLadder.of(
              "observe",
              GATES
                  + "symptoms: [{name: Slow, severity: High, levels: [back], observe: 30s}]\n"
                  + BACK)
          .with(deployment("web", "app:v2"))
          .thenSymptom("Slow")
          .thenSees("Recovered", "Soaked");

  /** Only a human sees it, and the level is a maybe. */
  static final ReferenceLadder CONFIRM =
      ReferenceLadder.of(
              "confirm",
              GATES.replace(
                      "verification:",
                      "- {name: names, use: OnDemand, within: 60s, manual: {text: Read the"
                          + " names.}}\n"
                          + "verification:")
                  + """
                  symptoms:
                  - {name: Garbage, severity: High, levels: [back], gates: [names], confirm: [back]}
                  """
                  + BACK)
          .with(deployment("web", "app:v3"))
          .thenSymptom("Garbage")
          .thenAnswer("Proceed")
          .thenItem(
              "carol",
              "names",
              Decision.Approve,
              plan -> plan.at("/status/run/asking").asText().equals("names"))
          .thenSees("Recovered", "Soaked");

  /** Every gate is green, and a human saw something all the same. */
  static final ReferenceLadder SEEN =
      ReferenceLadder.of(
              "seen", GATES + "symptoms: [{name: Odd, severity: Low, levels: [back]}]\n" + BACK)
          .with(deployment("web", "app:v3"))
          .thenSymptom("Odd")
          .thenAnswer("Proceed")
          .thenSees("Recovered", "Soaked");

  /** When the first level did not help, somebody is asked before the second. */
  static final ReferenceLadder STOP_AFTER =
      ReferenceLadder.of(
              "stop-after",
              GATES
                  + """
stopConditions:
- {name: suspect, after: again, when: "cause == 'schema' && gates['api'] != 'Healthy'", message: Ask the team.}
"""
                  + levels(restart("again", "web") + images("back", "web", "app:v1")))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "again", "back")
          .then(
              "suspects the schema",
              in("Acting"),
              (world, plan) -> ((ObjectNode) plan.at("/spec/run")).put("cause", "schema"))
          .thenAnswer("Proceed")
          .thenSees("Recovered", "Soaked");

  static final ReferenceLadder ARGUMENTS =
      ReferenceLadder.of(
              "args",
              GATES
                  + "args: [{name: version, pattern: 'v[0-9]+'}]\n"
                  + levels(images("back", "web", "app:$(args.version)")))
          .with(deployment("web", "app:v2"))
          .then(
              "asks for the run",
              in("Idle"),
              (world, plan) -> {
                ReferenceLadder.wish(plan, ReferenceLadder.RUN, List.of("back"));
                var args = ((ObjectNode) plan.at("/spec/run")).putArray("args");
                args.addObject().put("name", "version").put("value", "v1");
              })
          .thenSees("Recovered", "Soaked");

  /** The newest stable revision is younger than the trouble. */
  static final ReferenceLadder SINCE =
      ReferenceLadder.of("since", GATES + TO_LAST_STABLE)
          .with(deployment("web", "app:v1"))
          .then("deploys what works as well", stable(1), (world, plan) -> deploy(world, "app:v3"))
          .then("deploys what does not work", stable(2), (world, plan) -> deploy(world, "app:v2"))
          .then(
              "asks for the run",
              stable(2),
              (world, plan) -> {
                ReferenceLadder.wish(plan, ReferenceLadder.RUN, List.of("back"));
                var since = plan.at("/status/stable/0/provenAt");
                ((ObjectNode) plan.at("/spec/run")).set("since", since);
              })
          .thenSees("Recovered", "Soaked");

  /** A human does the first part and says so. */
  static final ReferenceLadder MANUAL =
      ReferenceLadder.of("manual", GATES + byHand(""))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back")
          .thenItem("carol", "by-hand", Decision.Approve, at("by-hand"))
          .thenSees("Recovered", "Soaked");

  /** She could not do it. */
  static final ReferenceLadder NOT_DONE =
      ReferenceLadder.of("not-done", GATES + byHand(""))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back")
          .thenItem("carol", "by-hand", Decision.Reject, at("by-hand"))
          .thenAnswer("Skip")
          .thenSees("Recovered", "Soaked");

  /** Also in a drill it is said to be done. */
  static final ReferenceLadder MANUAL_DRILL =
      ReferenceLadder.of("manual-drill", GATES + byHand("inDrill: Run"))
          .with(deployment("web", "app:v2"))
          .thenRunAs("Drill", "back")
          .thenItem("carol", "by-hand", Decision.Approve, at("by-hand"))
          .then(
              "sees it done",
              plan ->
                  plan.at("/status/run/levels/0/actions/0/outcome").asText().equals("Succeeded"),
              (world, plan) -> {})
          .thenSees("Completed", "Drilled");

  /** The run waits for as long as the plan is suspended. */
  static final ReferenceLadder SUSPENDED =
      ReferenceLadder.of("suspended", GATES + "suspend: true\n" + BACK)
          .with(deployment("web", "app:v2"))
          .thenRun(plan -> true, "back")
          .thenAfter(10_000, "lets it begin", plan -> true, world -> suspend(world, false))
          .thenSees("Recovered", "Soaked");

  /** Suspended while a stable state soaks; it goes on later. */
  static final ReferenceLadder SUSPENDED_SOAK =
      ReferenceLadder.of(
              "suspended-soak",
              GATES + "stable: {soak: 20s, workloads: [{kind: Deployment, name: web}]}\n" + BACK)
          .with(deployment("web", "app:v1"))
          .then(
              "suspends the plan",
              plan -> plan.at("/status").hasNonNull("stableCandidate"),
              (world, plan) -> ((ObjectNode) plan.path("spec")).put("suspend", true))
          .thenAfter(90_000, "lets it go on", plan -> true, world -> suspend(world, false))
          .then("sees it proven", stable(1), (world, plan) -> {});

  /** Nobody asks: the gate is red for long enough. */
  static final ReferenceLadder TRIGGER =
      ReferenceLadder.of(
              "trigger",
              GATES
                  + "triggers: [{name: red, gates: [api], failingFor: 10s, levels: [back]}]\n"
                  + BACK)
          .with(deployment("web", "app:v2"))
          .thenSees("Recovered", "Soaked");

  /**
   * Dry runs by the calendar, more of them than runs are kept, while the run that a human asked for
   * still stands in the plan; then the status is wiped.
   */
  static final ReferenceLadder PRUNED =
      ReferenceLadder.of(
              "pruned",
              GATES
                  + """
                  historyLimit: 1
                  triggers:
                  - {name: look, schedule: '* * * * *', mode: DryRun, levels: [back], cooldown: 5s}
                  """
                  + BACK)
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back")
          .then("sees a dry run", triggered(1), (world, plan) -> {})
          .then("sees another one", triggered(2), (world, plan) -> {})
          .then(
              "wants no more",
              triggered(3),
              (world, plan) -> ((ObjectNode) plan.path("spec")).remove("triggers"))
          .thenAfter(5000, "loses the status", in("Completed"), WishLadders::breakAgainAndWipe)
          .thenSees("AwaitingAnswer", "StatusLost");

  /** What was approved waits for another run for so long that it does not count any more. */
  static final ReferenceLadder EXPIRED =
      ReferenceLadder.of(
              "expired",
              GATES
                  + levels(
                      images("back", "web", "app:v1")
                          .replace(
                              "  actions:",
                              "  approval: {approvers: 1, validFor: 1m}\n  actions:")))
          .with(owned(deployment("web", "app:v2")), OTHER)
          .thenRun(in("Idle"), "back")
          .thenApproval("carol")
          .thenAfter(
              90_000,
              "ends the other run",
              asked("TargetOwned"),
              world -> {
                world.endOther();
                world.human().edit("answers Retry", it -> ReferenceLadder.answer(it, "Retry"));
              })
          .thenApproval("carol")
          .thenSees("Recovered", "Soaked");

  static final List<ReferenceLadder> ALL =
      List.of(
          OBSERVE,
          CONFIRM,
          SEEN,
          STOP_AFTER,
          ARGUMENTS,
          SINCE,
          MANUAL,
          NOT_DONE,
          MANUAL_DRILL,
          SUSPENDED,
          SUSPENDED_SOAK,
          TRIGGER,
          PRUNED,
          EXPIRED);

  private WishLadders() {}

  private static String byHand(String more) {
    return """
    levels:
    - name: back
      actions:
      - name: by-hand
        timeout: 5m
        %s
        manual: {text: Tell the guests.}
      - name: web-back
        timeout: 2m
        %s
        rollBack:
          workloads: [{kind: Deployment, name: web}]
          to: {images: [{container: app, image: 'app:v1'}]}
    """
        .formatted(more, more);
  }

  /** The run is at this action, and it is not done. */
  private static Predicate<JsonNode> at(String action) {
    return plan -> {
      var run = plan.at("/status/run");
      var level = run.at("/levels/" + run.path("level").asText("none"));
      var known = Json.named(level.path("actions"), action);
      return in("Acting").test(plan)
          && known.hasNonNull("startedAt")
          && !known.hasNonNull("outcome");
    };
  }

  private static Predicate<JsonNode> stable(int revisions) {
    return plan -> plan.at("/status/stable").size() >= revisions;
  }

  /** So many dry runs of the trigger have ended. */
  /** The run of this minute, or of a later one, is over. */
  private static Predicate<JsonNode> triggered(int minute) {
    var due = VirtualTime.BEGIN.plus(Duration.ofMinutes(minute));
    return plan ->
        in("Completed").test(plan)
            && !Instant.parse(plan.at("/status/run/startedAt").asText()).isBefore(due);
  }

  private static void deploy(Simulation world, String image) {
    world.change(
        "team",
        "deployments",
        "web",
        it -> Simulation.set(it, "/spec/template/spec/containers/0", "image", image));
  }

  private static void suspend(Simulation world, boolean suspended) {
    world
        .human()
        .edit(
            "sets suspend " + suspended,
            it -> ((ObjectNode) it.path("spec")).put("suspend", suspended));
  }

  private static void breakAgainAndWipe(Simulation world) {
    deploy(world, "app:v2");
    var wiped = world.plan().deepCopy();
    wiped.remove("status");
    world.server().putStatus("restore", SimulatedApiServer.PLANS, wiped);
  }
}
