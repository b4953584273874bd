package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The ladders that are simulated: what people really do, each with the traps that it has. */
final class ReferenceLadders {
  static final String GATES =
      """
      gates:
      - name: api
        interval: 5s
        within: 30s
        consecutiveSuccessLimit: 2
        consecutiveFailureLimit: 2
        consecutiveErrorLimit: 3
        http: {service: {name: web, port: 80}}
      verification: {soak: 20s}
      """;

  static final String COMPLAINTS =
      """
      gates:
      - name: complaints
        interval: 5s
        within: 30s
        consecutiveSuccessLimit: 2
        consecutiveFailureLimit: 2
        http: {service: {name: worker, port: 80}, path: /complaints}
      verification: {soak: 15s}
      """;

  /** What most plans do: web gets its image of before. */
  static final String BACK = levels(images("back", "web", "app:v1"));

  /** What is proven good is remembered, and gone back to. */
  static final String TO_LAST_STABLE =
      """
      stable: {soak: 10s, workloads: [{kind: Deployment, name: web}]}
      levels:
      - name: back
        actions:
        - name: back
          timeout: 2m
          rollBack: {workloads: [{kind: Deployment, name: web}], to: {lastStable: {}}}
      """;

  /** A plan whose run is open. */
  static final String OTHER =
      """
apiVersion: backstep.dev/v1alpha1
kind: RollbackPlan
metadata: {name: other}
spec:
  serviceAccountName: runner
  gates: [{name: api, http: {service: {name: web, port: 80}}}]
  levels: [{name: back, actions: [{name: back, restart: {workloads: [{kind: Deployment, name: web}]}}]}]
status:
  run: {id: INC-0, uid: other, claim: bs-run-other, active: true, phase: Acting, seq: 3, levels: [{name: back}]}
""";

  static final ReferenceLadder IMAGES =
      ReferenceLadder.of("images", GATES + BACK)
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back");

  static final ReferenceLadder LAST_STABLE =
      ReferenceLadder.of("last-stable", GATES + TO_LAST_STABLE)
          .with(configMap("good"), withConfig(deployment("web", "app:v1")))
          .then(
              "breaks everything",
              plan -> !plan.at("/status/stable").isEmpty(),
              (world, plan) -> world.breakEverything())
          .thenRun(plan -> !plan.at("/status/stable").isEmpty(), "back");

  static final ReferenceLadder HOLD =
      ReferenceLadder.of("hold", COMPLAINTS + levels(off("stop", "worker")))
          .with(deployment("worker", "app:v2"))
          .thenRun(in("Idle"), "stop")
          .thenState("Mitigated", "Released");

  /** A second run holds what the first one still holds; both holds go together. */
  static final ReferenceLadder HELD_TWICE =
      ReferenceLadder.of("held-twice", COMPLAINTS + levels(off("stop", "worker")))
          .with(deployment("worker", "app:v2"))
          .thenRun(in("Idle"), "stop")
          .then("asks for another run", in("Mitigated"), (world, plan) -> runAgain(plan))
          .then(
              "Released in Mitigated",
              in("Mitigated").and(plan -> plan.at("/status/run/id").asText().equals("INC-2")),
              (world, plan) -> ReferenceLadder.state(plan, "Released"));

  static final ReferenceLadder RESTART =
      ReferenceLadder.of("restart", GATES + levels(restart("again", "web")))
          .with(wedged(deployment("web", "app:v1")))
          .thenRun(in("Idle"), "again");

  static final ReferenceLadder TWO_LEVELS =
      ReferenceLadder.of(
              "two-levels",
              GATES + levels(restart("again", "web") + images("back", "web", "app:v1")))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "again", "back");

  static final ReferenceLadder TWO_ACTIONS =
      both("two-actions", "").thenRun(in("Idle"), "both").thenState("Mitigated", "Released");

  static final ReferenceLadder TWENTY = twenty();

  static final ReferenceLadder ASK =
      ReferenceLadder.of(
              "ask",
              GATES
                  + levels(
                      """
                      - name: again
                        onUnhealthy: Ask
                        actions:
                        - name: again
                          timeout: 2m
                          restart: {workloads: [{kind: Deployment, name: web}]}
                      """
                          + images("back", "web", "app:v1")))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "again", "back")
          .thenAnswer("NextLevel");

  static final ReferenceLadder STUCK =
      ReferenceLadder.of(
              "stuck",
              GATES
                  + levels(
                      """
                      - name: wrong
                        onUnhealthy: Ask
                        actions:
                        - name: wrong
                          timeout: 2m
                          rollBack:
                            workloads: [{kind: Deployment, name: web}]
                            to: {images: [{container: app, image: 'app:crash'}]}
                      """
                          + images("back", "web", "app:v1")))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "wrong", "back")
          .thenAnswer("NextLevel");

  static final ReferenceLadder ABORT =
      both("abort", "")
          .thenRun(in("Idle"), "both")
          .thenState("Acting", "Aborted")
          .thenState("Aborted", "Released")
          .madeRacy();

  static final ReferenceLadder STATEFUL_SET =
      ReferenceLadder.of(
              "stateful-set",
              """
              gates:
              - name: db
                interval: 5s
                within: 30s
                consecutiveSuccessLimit: 2
                consecutiveFailureLimit: 2
                workload: {kind: StatefulSet, name: db}
              verification: {soak: 10s}
              levels:
              - name: back
                actions:
                - name: back
                  timeout: 2m
                  rollBack:
                    workloads: [{kind: StatefulSet, name: db}]
                    to: {images: [{container: app, image: 'db:v1'}]}
              """)
          .with(
              deployment("db", "db:crash")
                  .replace("kind: Deployment", "kind: StatefulSet")
                  .replace("replicas: 3", "replicas: 1\n  updateStrategy: {type: RollingUpdate}"))
          .thenRun(in("Idle"), "back");

  /** What two actions did is put back, the last one first. */
  static final ReferenceLadder UNDO =
      both("undo", "").thenRun(in("Idle"), "both").thenState("Mitigated", "Undone");

  /** Stopped and put back while it acts. */
  static final ReferenceLadder UNDO_OPEN =
      both("undo-open", "").thenRun(in("Idle"), "both").thenState("Acting", "Undone").madeRacy();

  /** A roll back that did not help comes back, also after a restart that did not help either. */
  static final ReferenceLadder UNDO_RESTARTED =
      ReferenceLadder.of(
              "undo-restarted",
              GATES + levels(images("back", "web", "app:v2-old") + restart("again", "web")))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back", "again")
          .thenState("Exhausted", "Undone");

  static final ReferenceLadder PAUSE =
      both("pause", "")
          .thenRun(in("Idle"), "both")
          .thenState("Acting", "Paused")
          .then(
              "Running again",
              plan -> plan.at("/status/run").hasNonNull("pausedSince"),
              (world, plan) -> ReferenceLadder.state(plan, "Running"));

  static final ReferenceLadder DRY_RUN = both("dry-run", "").thenRunAs("DryRun", "both");

  static final ReferenceLadder DRILL = both("drill", "inDrill: Run").thenRunAs("Drill", "both");

  /** The worker is off only while web is brought back. */
  static final ReferenceLadder LEVEL_HOLD =
      both("level-hold", "holdUntil: LevelActed").thenRun(in("Idle"), "both");

  static final ReferenceLadder APPROVED =
      ReferenceLadder.of(
              "approved",
              GATES
                  + levels(
                      images("back", "web", "app:v1")
                          .replace(
                              "- name: back\n  actions",
                              "- name: back\n  approval: {approvers: 2}\n  actions")))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back")
          .thenApproval("carol")
          .thenApproval("dave");

  /** Another plan's run works on the target; when it has ended, this one may. */
  static final ReferenceLadder OWNED =
      ReferenceLadder.of("owned", GATES + BACK)
          .with(owned(deployment("web", "app:v2")), OTHER)
          .thenRun(in("Idle"), "back")
          .then(
              "ends the other run",
              in("AwaitingAnswer"),
              (world, plan) -> {
                world.endOther();
                ReferenceLadder.answer(plan, "Retry");
              });

  /** The first action cannot be done; the second one heals. */
  static final ReferenceLadder SKIP =
      ReferenceLadder.of(
              "skip",
              GATES
                  + levels(
                      restart("both", "worker")
                          + images("both", "web", "app:v1")
                              .lines()
                              .skip(2)
                              .collect(Collectors.joining("\n"))
                              .replace("name: both", "name: web-back")
                              .indent(0)))
          .with(owned(deployment("worker", "app:v1")), deployment("web", "app:v2"), OTHER)
          .thenRun(in("Idle"), "both")
          .thenAnswer("Skip");

  /** A stop condition holds, and somebody wants the level in spite of it. */
  static final ReferenceLadder PROCEED =
      ReferenceLadder.of(
              "proceed",
              GATES
                  + """
                  stopConditions:
                  - {name: look, before: back, when: "gates['api'] != 'Healthy'", message: Look.}
                  """
                  + BACK)
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "back")
          .thenAnswer("Proceed");

  private static final List<ReferenceLadder> ONE_BY_ONE =
      List.of(
          IMAGES,
          LAST_STABLE,
          HOLD,
          HELD_TWICE,
          RESTART,
          TWO_LEVELS,
          TWO_ACTIONS,
          TWENTY,
          ASK,
          STUCK,
          ABORT,
          STATEFUL_SET,
          UNDO,
          UNDO_OPEN,
          UNDO_RESTARTED,
          PAUSE,
          DRY_RUN,
          DRILL,
          LEVEL_HOLD,
          APPROVED,
          OWNED,
          SKIP,
          PROCEED);

  /** Those that are about plans. */
  static final List<ReferenceLadder> OF_PLANS =
      Stream.of(
              ONE_BY_ONE,
              HoldLadders.ALL,
              GateLadders.ALL,
              WishLadders.ALL,
              TargetLadders.ALL,
              EffectLadders.ALL,
              RouteLadders.ALL,
              GitOpsLadders.ALL,
              OutsideLadders.ALL,
              RestoreLadders.ALL,
              PlaceLadders.ALL,
              JournalLadders.ALL,
              NotificationLadders.ALL,
              ProvokingLadders.ALL)
          .flatMap(List::stream)
          .toList();

  static final List<ReferenceLadder> ALL =
      Stream.of(OF_PLANS, ReferenceSwitchings.ALL, HolderSwitchings.ALL)
          .flatMap(List::stream)
          .toList();

  private ReferenceLadders() {}

  private static ReferenceLadder twenty() {
    var refs =
        IntStream.range(0, 20)
            .mapToObj(i -> "{kind: Deployment, name: " + (i == 0 ? "web" : "web-" + i) + "}")
            .collect(Collectors.joining(", "));
    var ladder =
        ReferenceLadder.of(
            "twenty",
            GATES
                + levels(
                    """
                    - name: back
                      actions:
                      - name: back
                        timeout: 2m
                        rollBack:
                          workloads: [%s]
                          to: {images: [{container: app, image: 'app:v1'}]}
                    """
                        .formatted(refs)));
    for (var i = 0; i < 20; i++) {
      ladder = ladder.with(deployment(i == 0 ? "web" : "web-" + i, "app:v2"));
    }
    return ladder.thenRun(in("Idle"), "back");
  }

  private static void runAgain(ObjectNode plan) {
    ReferenceLadder.wish(plan, "INC-2", List.of("stop"));
    ((ObjectNode) plan.at("/spec/run")).put("entry", "Always");
  }

  static String levels(String levels) {
    return "levels:\n" + levels;
  }

  static String images(String name, String workload, String image) {
    return """
    - name: %s
      actions:
      - name: %s
        timeout: 2m
        rollBack:
          workloads: [{kind: Deployment, name: %s}]
          to: {images: [{container: app, image: '%s'}]}
    """
        .formatted(name, name, workload, image);
  }

  static String restart(String name, String workload) {
    return """
    - name: %s
      actions:
      - name: %s
        timeout: 2m
        restart: {workloads: [{kind: Deployment, name: %s}]}
    """
        .formatted(name, name, workload);
  }

  static String off(String name, String workload) {
    return """
    - name: %s
      actions:
      - name: %s
        timeout: 2m
        scale: {workloads: [{kind: Deployment, name: %s}]}
    """
        .formatted(name, name, workload);
  }

  static String deployment(String name, String image) {
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

  static String wedged(String deployment) {
    return deployment.replace("team: shop", "wedged: \"true\"");
  }

  static String owned(String deployment) {
    return deployment.replace(
        "labels: {team: shop}",
        "labels: {team: shop}\n  annotations: {backstep.dev/owner: bs-run-other}");
  }

  /** Takes the worker off and brings web back. */
  static ReferenceLadder both(String name, String extra) {
    return ReferenceLadder.of(
            name, GATES + stopAndBack(extra, extra.startsWith("inDrill") ? extra : ""))
        .with(deployment("worker", "app:v1"), deployment("web", "app:v2"));
  }

  /** The level that takes the worker off and brings web back, with more fields of its actions. */
  static String stopAndBack(String stop, String back) {
    return """
    levels:
    - name: both
      actions:
      - name: stop-worker
        timeout: 2m
        %s
        scale: {workloads: [{kind: Deployment, name: worker}]}
      - name: web-back
        timeout: 2m
        %s
        rollBack:
          workloads: [{kind: Deployment, name: web}]
          to: {images: [{container: app, image: 'app:v1'}]}
    """
        .formatted(stop, back);
  }

  static String withConfig(String deployment) {
    return deployment.replace(
        "spec: {containers:",
        "spec: {volumes: [{name: c, configMap: {name: settings}}], containers:");
  }

  static String configMap(String mode) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    data: {mode: %s}
    """
        .formatted(mode);
  }
}
