package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Several holds of one workload: other numbers, other runs, other orders, and one of nobody. */
final class HoldLadders {
  private static final String GATES =
      """
      gates:
      - name: api
        interval: 5s
        within: 30s
        consecutiveSuccessLimit: 2
        consecutiveFailureLimit: 2
        http: {service: {name: web, port: 80}}
      verification: {soak: 10s}
      levels:
      """;

  /** The application needs only few workers, and then none; the first number does not help. */
  static final ReferenceLadder TWO_NUMBERS =
      ReferenceLadder.of(
              "two-numbers",
              GATES.replace("name: web, port: 80}", "name: worker, port: 80}, path: /complaints")
                  + level("drain", scale("drain", 1, ""))
                  + level("stop", scale("stop", 0, "")))
          .with(deployment("worker", "app:v2"))
          .thenRun(in("Idle"), "drain", "stop")
          .then(
              "mends the worker and releases it",
              in("Mitigated"),
              (world, plan) -> {
                world.change("team", "deployments", "worker", HoldLadders::mend);
                ReferenceLadder.state(plan, "Released");
              });

  /** Stopped to begin with, then one worker; and everything comes back on release. */
  static final ReferenceLadder UP_AGAIN =
      repair("up-again", scale("stop", 0, "") + scale("trickle", 1, ""))
          .thenState("Mitigated", "Released");

  /** Two numbers are undone one after the other. */
  static final ReferenceLadder TWO_NUMBERS_UNDONE =
      repair("two-numbers-undone", scale("drain", 2, "") + scale("stop", 0, ""))
          .thenState("Mitigated", "Undone");

  /** Both are held for the level only. */
  static final ReferenceLadder LEVEL_HOLDS =
      repair(
          "level-holds",
          scale("drain", 1, "holdUntil: LevelActed") + scale("stop", 0, "holdUntil: LevelActed"));

  /** The second hold is for the level only, the first one until the release. */
  static final ReferenceLadder LEVEL_HOLD_OVER_HOLD =
      repair(
              "level-hold-over-hold",
              scale("drain", 1, "") + scale("stop", 0, "holdUntil: LevelActed"))
          .thenState("Mitigated", "Released");

  /** A second run holds the same workload lower than the first one. */
  static final ReferenceLadder TWO_RUNS =
      runs("two-runs", "drain", "stop").then("Released", ended("INC-2"), to("Released"));

  static final ReferenceLadder TWO_RUNS_UNDONE =
      runs("two-runs-undone", "drain", "stop").then("Undone", ended("INC-2"), to("Undone"));

  /** The second run would raise what the first one keeps lower, and does without. */
  static final ReferenceLadder KEPT_LOWER =
      runs("kept-lower", "stop", "drain")
          .thenAnswer("Skip")
          .then("Released", ended("INC-2"), to("Released"));

  /**
   * A plan that is gone held the worker, which somebody scaled back by hand: its hold stands in the
   * way of the release until a human drops it.
   */
  static final ReferenceLadder ORPHAN =
      repair("orphan", scale("stop", 0, ""), orphaned(deployment("worker", "app:v1")))
          .thenState("Mitigated", "Released")
          .then(
              "drops the orphan",
              in("AwaitingAnswer"),
              (world, plan) ->
                  world.change("human", "deployments", "worker", HoldLadders::dropOrphan))
          .thenAnswer("Retry");

  /** The worker has an autoscaler, which leaves no fewer than four. */
  static final ReferenceLadder AUTOSCALED =
      repair("autoscaled", scale("stop", 0, ""))
          .with(
              """
              apiVersion: autoscaling/v2
              kind: HorizontalPodAutoscaler
              metadata: {name: more}
              spec:
                scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: worker}
                minReplicas: 4
                maxReplicas: 6
              """)
          .thenState("Mitigated", "Released");

  static final List<ReferenceLadder> ALL =
      List.of(
          TWO_NUMBERS,
          UP_AGAIN,
          TWO_NUMBERS_UNDONE,
          LEVEL_HOLDS,
          LEVEL_HOLD_OVER_HOLD,
          TWO_RUNS,
          TWO_RUNS_UNDONE,
          KEPT_LOWER,
          ORPHAN,
          AUTOSCALED);

  private HoldLadders() {}

  private static Predicate<JsonNode> ended(String run) {
    return in("Mitigated").and(plan -> plan.at("/status/run/id").asText().equals(run));
  }

  private static BiConsumer<Simulation, ObjectNode> to(String state) {
    return (world, plan) -> ReferenceLadder.state(plan, state);
  }

  /** Holds the worker and brings web back. */
  private static ReferenceLadder repair(String name, String holds) {
    return repair(name, holds, deployment("worker", "app:v1"));
  }

  private static ReferenceLadder repair(String name, String holds, String worker) {
    var back =
        """
        - name: web-back
          timeout: 2m
          rollBack:
            workloads: [{kind: Deployment, name: web}]
            to: {images: [{container: app, image: 'app:v1'}]}
        """;
    return ReferenceLadder.of(name, GATES + level("both", holds + back))
        .with(worker, deployment("web", "app:v2"))
        .thenRun(in("Idle"), "both");
  }

  /** Two runs, one after the other, each with a level that holds the worker. */
  private static ReferenceLadder runs(String name, String first, String second) {
    var plan = GATES + level("drain", scale("drain", 1, "")) + level("stop", scale("stop", 0, ""));
    return ReferenceLadder.of(name, plan)
        .with(deployment("worker", "app:v1"), deployment("web", "app:v1"))
        .then("asks for the run", in("Idle"), (world, it) -> run(it, "INC-1", first))
        .then("asks for another run", ended("INC-1"), (world, it) -> run(it, "INC-2", second));
  }

  private static void run(ObjectNode plan, String id, String level) {
    ReferenceLadder.wish(plan, id, List.of(level));
    ((ObjectNode) plan.at("/spec/run")).put("entry", "Always");
  }

  private static String level(String name, String actions) {
    return "- name: %s\n  actions:\n".formatted(name) + actions.indent(2);
  }

  private static String scale(String name, int replicas, String more) {
    return """
    - name: %s
      timeout: 2m
      %s
      scale: {replicas: %d, workloads: [{kind: Deployment, name: worker}]}
    """
        .formatted(name, more, replicas);
  }

  private static String deployment(String name, String image) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: %s
      labels: {team: shop}
    spec:
      replicas: 3
      selector: {matchLabels: {app: %s}}
      template:
        metadata: {labels: {app: %s}}
        spec: {containers: [{name: app, image: '%s'}]}
    """
        .formatted(name, name, name, image);
  }

  private static String orphaned(String deployment) {
    return deployment.replace(
        "labels: {team: shop}",
        """
        labels: {team: shop}
          annotations:
            backstep.dev/held-replicas: "3"
            backstep.dev/held-by.bs-run-gone.01234567: old/INC-0/stop/0/2026-01-01T00:00:00Z\
        """
            .indent(0)
            .strip());
  }

  private static void dropOrphan(ObjectNode worker) {
    // Whoever created the worker again in the meantime dropped it already.
    if (worker.at("/metadata/annotations") instanceof ObjectNode annotations) {
      annotations.remove("backstep.dev/held-by.bs-run-gone.01234567");
    }
  }

  private static void mend(ObjectNode worker) {
    Simulation.set(worker, "/spec/template/spec/containers/0", "image", "app:v1");
  }
}
