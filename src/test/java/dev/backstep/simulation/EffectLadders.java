package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.configMap;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.wedged;
import static dev.backstep.simulation.ReferenceLadders.withConfig;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Settings that are other than usual for a while, and programs that are run once. */
final class EffectLadders {
  private static final String SAFE =
      level(
          """
          - name: safe
            timeout: 2m
            setConfig: {configMap: {name: settings, data: {mode: safe, extra: "on"}}}
          """);

  private static final String SAFE_MODE =
      level(
          """
          - name: safe
            timeout: 2m
            setConfig:
              env:
                workload: {kind: Deployment, name: web}
                set: [{name: SAFE_MODE, value: "on"}, {name: LOG, value: debug}]
          """);

  /** A ConfigMap's values, and those who read it are restarted; both again on release. */
  static final ReferenceLadder CONFIG =
      config("config", SAFE).thenState("Mitigated", "Released").thenAnswer("Accept");

  static final ReferenceLadder CONFIG_UNDONE =
      config("config-undone", SAFE).thenState("Mitigated", "Undone").thenSees("Undone", "Undone");

  static final ReferenceLadder CONFIG_ABORTED =
      config("config-aborted", SAFE)
          .thenState("Acting", "Aborted")
          .thenState("Aborted", "Released")
          .madeRacy();

  /** Somebody else sets one of the values meanwhile. */
  static final ReferenceLadder CONFIG_CHANGED =
      config("config-changed", SAFE)
          .then(
              "sets another mode",
              in("Mitigated"),
              (world, plan) -> {
                world.change(
                    "team",
                    "configmaps",
                    "settings",
                    it -> Simulation.set(it, "/data", "mode", "x"));
                ReferenceLadder.state(plan, "Released");
              });

  /** Two actions of one level, whose values the same pods read. */
  static final ReferenceLadder CONFIG_TWICE =
      config(
              "config-twice",
              level(
                  """
                  - name: first
                    timeout: 2m
                    setConfig: {configMap: {name: settings, data: {extra: "on"}}}
                  - name: safe
                    timeout: 2m
                    setConfig: {configMap: {name: settings, data: {mode: safe}}}
                  """))
          .thenState("Mitigated", "Undone");

  /** Variables of a container: one that is there and one that is not. */
  static final ReferenceLadder VARIABLES =
      variables("variables").thenState("Mitigated", "Released").thenAnswer("Accept");

  /** Somebody puts another variable before those that were set. */
  static final ReferenceLadder VARIABLES_MOVED =
      variables("variables-moved")
          .then(
              "sets one more variable",
              in("Mitigated"),
              (world, plan) -> {
                world.change("team", "deployments", "web", EffectLadders::oneMore);
                ReferenceLadder.state(plan, "Undone");
              })
          .thenSees("Undone", "Undone");

  /** A program mends the application. */
  static final ReferenceLadder JOB =
      job("job", "Repair", "tool:mend-web").thenSees("Recovered", "Soaked");

  static final ReferenceLadder JOB_UNDONE =
      job("job-undone", "Repair", "tool:mend-web")
          .thenState("Recovered", "Undone")
          .thenSees("Undone", "Undone");

  static final ReferenceLadder JOB_HOLD =
      job("job-hold", "Hold", "tool:mend-web")
          .thenState("Mitigated", "Released")
          .thenAnswer("Accept");

  static final ReferenceLadder JOB_FAILED = job("job-failed", "Repair", "tool:fail-web");

  /** Somebody deletes the Job while it runs: it is not run once more. */
  static final ReferenceLadder JOB_DELETED =
      job("job-deleted", "Repair", "tool:mend-web")
          .then(
              "deletes the Job",
              plan -> plan.at("/status/run/levels/0/actions/0/sent").size() == 2,
              (world, plan) ->
                  world.server().all("jobs").keySet().stream()
                      .toList()
                      .forEach(name -> world.server().delete("team", "jobs", name)))
          .thenAnswer("Skip", "OutcomeUnknown");

  static final ReferenceLadder JOB_ABORTED =
      job("job-aborted", "Hold", "tool:mend-web")
          .thenState("Acting", "Aborted")
          .thenState("Aborted", "Undone")
          .madeRacy();

  static final List<ReferenceLadder> ALL =
      List.of(
          CONFIG,
          CONFIG_UNDONE,
          CONFIG_ABORTED,
          CONFIG_CHANGED,
          CONFIG_TWICE,
          VARIABLES,
          VARIABLES_MOVED,
          JOB,
          JOB_UNDONE,
          JOB_HOLD,
          JOB_FAILED,
          JOB_DELETED,
          JOB_ABORTED);

  private EffectLadders() {}

  private static String level(String actions) {
    return levels("- name: only\n  actions:\n" + actions.indent(2));
  }

  private static ReferenceLadder config(String name, String level) {
    return ReferenceLadder.of(name, GATES + level)
        .with(configMap("broken"), withConfig(deployment("web", "app:v1")))
        .thenRun(in("Idle"), "only");
  }

  private static ReferenceLadder variables(String name) {
    return ReferenceLadder.of(name, GATES + SAFE_MODE)
        .with(
            deployment("web", "app:v2")
                .replace("image: 'app:v2'", "image: 'app:v2', env: [{name: LOG, value: info}]"))
        .thenRun(in("Idle"), "only");
  }

  private static void oneMore(ObjectNode web) {
    web.withArray("/spec/template/spec/containers/0/env")
        .insertObject(0)
        .put("name", "FIRST")
        .put("value", "1");
  }

  private static ReferenceLadder job(String name, String effect, String image) {
    return ReferenceLadder.of(
            name,
            GATES
                + level(
                    """
                    - name: mend
                      timeout: 2m
                      job:
                        effect: %s
                        destructive: false
                        run: {image: '%s', timeout: 1m}
                        undo: {image: 'tool:spoil-web', timeout: 1m}
                    """
                        .formatted(effect, image)))
        .with(wedged(deployment("web", "app:v1")))
        .thenRun(in("Idle"), "only");
  }
}
