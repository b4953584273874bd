package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.asked;
import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.COMPLAINTS;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.TO_LAST_STABLE;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.off;

import java.util.List;

/** Ladders about what is changed: other kinds, other numbers, targets that come and go. */
final class TargetLadders {
  private static final String MIGRATED =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: migrated}
      data: {schema: '2'}
      """;

  /** One that has no number of pods. */
  static final ReferenceLadder DAEMON_SET =
      ReferenceLadder.of(
              "daemon-set",
              """
              gates:
              - name: agent
                interval: 5s
                within: 30s
                consecutiveSuccessLimit: 2
                consecutiveFailureLimit: 2
                workload: {kind: DaemonSet, name: agent}
              - name: answers
                interval: 5s
                within: 30s
                consecutiveSuccessLimit: 2
                consecutiveFailureLimit: 2
                http: {service: {name: agent, port: 80}}
              verification: {soak: 10s}
              levels:
              - name: back
                actions:
                - name: back
                  timeout: 2m
                  rollBack:
                    workloads: [{kind: DaemonSet, name: agent}]
                    to: {images: [{container: app, image: 'app:v1'}]}
              """)
          .with(
              deployment("agent", "app:v2")
                  .replace("kind: Deployment", "kind: DaemonSet")
                  .replace("replicas: 3", "updateStrategy: {type: RollingUpdate}"))
          .thenRun(in("Idle"), "back")
          .thenSees("Recovered", "Soaked");

  /** Of Argo Rollouts: what was proven good comes back, and what was broken again with the undo. */
  static final ReferenceLadder ROLLOUT =
      ReferenceLadder.of(
              "rollout",
              """
              gates:
              - name: web
                interval: 5s
                within: 30s
                consecutiveSuccessLimit: 2
                consecutiveFailureLimit: 2
                workload: {kind: Rollout, name: web}
              - name: answers
                interval: 5s
                within: 30s
                consecutiveSuccessLimit: 2
                consecutiveFailureLimit: 2
                http: {service: {name: web, port: 80}}
              verification: {soak: 10s}
              levels:
              - name: back
                actions:
                - {name: quiet, scale: {workloads: [{kind: Rollout, name: worker}], replicas: 0}}
                - name: back
                  timeout: 2m
                  rollBack:
                    workloads: [{kind: Rollout, name: web}]
                    to: {images: [{container: app, image: 'app:v1'}]}
              """)
          .with(argo(deployment("web", "app:v2")), argo(deployment("worker", "app:v1")))
          .thenRun(in("Idle"), "back")
          .thenState("Mitigated", "Undone")
          .thenSees("Undone", "Undone");

  private static String argo(String deployment) {
    return deployment
        .replace("kind: Deployment", "kind: Rollout")
        .replace("apiVersion: apps/v1", "apiVersion: argoproj.io/v1alpha1");
  }

  /** The database was migrated since: a human says that the old code can do with it. */
  static final ReferenceLadder SCHEMA =
      ReferenceLadder.of(
              "schema",
              GATES
                  + TO_LAST_STABLE.replace(
                      "soak: 10s,",
                      "soak: 10s, schema: {databaseRef: {name: db}, query: SELECT 1},"))
          .with(deployment("web", "app:v1"))
          .then(
              "releases and migrates",
              plan -> !plan.at("/status/stable").isEmpty(),
              (world, plan) -> {
                world.server().put("team", "configmaps", Json.yaml(MIGRATED));
                world.breakEverything();
              })
          .thenRun(plan -> !plan.at("/status/stable").isEmpty(), "back")
          .then(
              "answers Proceed",
              asked("SchemaChanged"),
              (world, plan) -> ReferenceLadder.answer(plan, "Proceed"))
          .thenSees("Recovered", "Soaked");

  /** Fewer pods than before, but some, and then as many as before. */
  static final ReferenceLadder FEWER =
      ReferenceLadder.of("fewer", GATES + levels(scaled("fewer", 1)))
          .with(deployment("web", "app:v2"), deployment("worker", "app:v1"))
          .thenRun(in("Idle"), "fewer")
          .thenState("Exhausted", "Released")
          .thenSees("Released", "Released");

  /** More pods than before. */
  static final ReferenceLadder MORE =
      ReferenceLadder.of("more", GATES + levels(scaled("more", 5)))
          .with(deployment("web", "app:v2"), deployment("worker", "app:v1"))
          .thenRun(in("Idle"), "more")
          .thenState("Exhausted", "Undone")
          .thenSees("Undone", "Undone");

  /** What is held is deleted and created again: nothing is held any more. */
  static final ReferenceLadder CREATED_AGAIN =
      ReferenceLadder.of("created-again", COMPLAINTS + levels(off("stop", "worker")))
          .with(deployment("worker", "app:v2"))
          .thenRun(in("Idle"), "stop")
          .thenAfter(
              1000,
              "creates the worker again",
              in("Mitigated"),
              world -> createAgain(world, "worker", "app:v3"))
          .then(
              "asks for the release",
              in("Mitigated"),
              (world, plan) ->
                  world
                      .human()
                      .later(
                          5000,
                          8000,
                          () ->
                              world
                                  .human()
                                  .edit("releases", it -> ReferenceLadder.state(it, "Released"))))
          .thenSees("Released", "Released");

  static final List<ReferenceLadder> ALL =
      List.of(DAEMON_SET, ROLLOUT, SCHEMA, FEWER, MORE, CREATED_AGAIN);

  private TargetLadders() {}

  private static String scaled(String level, int replicas) {
    return off(level, "worker")
        .replace("name: worker}]", "name: worker}], replicas: %d".formatted(replicas));
  }

  /** Somebody deletes a workload and applies it once more, without what Backstep wrote on it. */
  static void createAgain(Simulation world, String name, String image) {
    var live = world.server().get("deployments", name);
    if (live != null) {
      world.server().delete("team", "deployments", name);
      var fresh = Json.yaml(deployment(name, image));
      world.server().put("team", "deployments", fresh);
    }
  }
}
