package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.stands;
import static dev.backstep.simulation.ReferenceLadders.configMap;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.withConfig;

import java.util.List;
import java.util.function.Consumer;

/** SyncControls that are switched off and on again: each means by itself, and several at once. */
final class ReferenceSwitchings {
  private static final String WORKER =
      """
      - name: worker
        scale: {workloads: [{kind: Deployment, name: worker}]}
      """;

  private static final String OTHER = WORKER.replace("worker", "other");

  private static final String FLAG =
      """
      - name: flag
        setConfig: {configMap: {name: settings, data: {mode: 'off'}}, restart: None}
      """;

  private static final String VARIABLE =
      """
      - name: variable
        setConfig:
          env:
            workload: {kind: Deployment, name: worker}
            set: [{name: SYNC, value: 'off'}]
      """;

  private static final String CRON =
      """
      - name: nightly
        suspendCronJobs: {names: [nightly, weekly]}
      """;

  /** Its size is 1 where the shop is well, else 0. */
  private static final String QUEUE =
      """
      queue:
        interval: 2s
        size: {sql: {databaseRef: {name: orders-db}, query: SELECT 1, timeout: 10s}, value: int(value)}
      autoDisable:
      - {name: bad, when: size < 1, for: 5s, until: size > 0, cooldown: 1s}
      """;

  private static final String SCALED =
      """
      - name: keda
        pauseScaledObjects: {names: [worker]}
      """;

  private static final String SCALED_OBJECT =
      """
      apiVersion: keda.sh/v1alpha1
      kind: ScaledObject
      metadata: {name: worker}
      spec: {scaleTargetRef: {name: worker}}
      """;

  private static final String JOB_TABLE =
      """
      - name: jobs
        jobTable:
          databaseRef: {name: orders-db}
          table: jobs
          key: [id]
          pause: {where: "status = 'pending'", set: {status: "'paused'"}}
      """;

  private static final String TRIGGERS =
      """
      - name: triggers
        disableTriggers: {databaseRef: {name: orders-db}, tables: [orders]}
      """;

  private static final String SWITCH =
      """
      - name: switch
        http:
          service: {name: web, port: 80}
          disable: {path: /off}
          enable: {path: /on}
          status: {path: /asked, successCondition: body.enabled == false}
      """;

  static final ReferenceLadder SCALE =
      offAndOn(means("switch-scale", WORKER).with(deployment("worker", "app:v1")));

  /** The right is missing for a while; nobody tries it again and again without a pause. */
  static final ReferenceLadder FORBIDDEN =
      means("switch-forbidden", WORKER)
          .with(deployment("worker", "app:v1"))
          .thenSync(
              "takes the right away, and switches to Disabled",
              stands("Enabled"),
              (world, it) -> {
                world.forbid(90_000);
                ReferenceLadder.switched(it, "Disabled");
              })
          .thenStands("DisableFailed")
          .thenSwitched("Disabled", "Enabled")
          .thenStands("Enabled");

  static final ReferenceLadder CONFIG =
      offAndOn(means("switch-config", FLAG).with(configMap("good")));

  /** Who reads the ConfigMap is restarted, when it is switched off and when it is given back. */
  static final ReferenceLadder CONFIG_USERS =
      offAndOn(
          means("switch-config-users", FLAG.replace(", restart: None", ""))
              .with(configMap("good"), withConfig(deployment("worker", "app:v1"))));

  static final ReferenceLadder ENV =
      offAndOn(means("switch-env", VARIABLE).with(deployment("worker", "app:v1")));

  /** One of two CronJobs was suspended before, and a Job of the other one still runs. */
  static final ReferenceLadder CRON_JOBS =
      offAndOn(
          means("switch-cron-jobs", CRON).with(cronJob("nightly", false), cronJob("weekly", true)));

  static final ReferenceLadder SCALED_OBJECTS =
      offAndOn(
          means("switch-scaled-objects", SCALED)
              .with(deployment("worker", "app:v1"), SCALED_OBJECT));

  static final ReferenceLadder TABLE = offAndOn(means("switch-table", JOB_TABLE));

  /** One of three triggers is off before. */
  static final ReferenceLadder TRIGGERS_OFF = offAndOn(means("switch-triggers", TRIGGERS));

  /** Somebody alters one of them while it is off: it is off again, and comes back as altered. */
  static final ReferenceLadder TRIGGERS_CHANGED =
      changed(
          means("switch-triggers-changed", TRIGGERS),
          world -> world.outside().triggers().set("mails", "ENABLE REPLICA"));

  /** What is answered is not what is so: one of them is on again when it is read back. */
  static final ReferenceLadder TRIGGERS_STUBBORN =
      means("switch-triggers-stubborn", TRIGGERS)
          .thenSync(
              "switches to Disabled, and somebody turns a trigger on at once",
              stands("Enabled"),
              (world, it) -> {
                world.outside().triggers().makeStubborn("mails");
                ReferenceLadder.switched(it, "Disabled");
              })
          .thenSwitched("Disabled", "Enabled")
          .thenStands("Enabled");

  static final ReferenceLadder HTTP =
      offAndOn(means("switch-http", SWITCH).with(OutsideLadders.SERVICE, OutsideLadders.REPLICAS));

  /** Once it is on again, what was missed is made up for, once. */
  static final ReferenceLadder HTTP_RUN_ONCE =
      offAndOn(
          means("switch-http-run-once", SWITCH + "    runOnce: {path: /missed}\n")
              .with(OutsideLadders.SERVICE, OutsideLadders.REPLICAS));

  /** A job that is paused ends, and another one comes. */
  static final ReferenceLadder TABLE_CHANGED =
      changed(
          means("switch-table-changed", JOB_TABLE),
          world -> {
            world.outside().jobs().set(3, "done");
            world.outside().jobs().set(6, SimulatedTable.PENDING);
          });

  /** Somebody sets a paused job back, once. */
  static final ReferenceLadder TABLE_SET_BACK =
      changed(
          means("switch-table-set-back", JOB_TABLE),
          world -> world.outside().jobs().set(3, SimulatedTable.PENDING));

  /** A replica is restarted, and knows nothing of it. */
  static final ReferenceLadder HTTP_RESTARTED =
      changed(
          means("switch-http-restarted", SWITCH)
              .with(OutsideLadders.SERVICE, OutsideLadders.REPLICAS),
          world ->
              world.change(
                  "team",
                  "endpointslices",
                  "web-1",
                  it -> Simulation.set(it, "/endpoints/1/targetRef", "uid", "replica-3")));

  /** Somebody scales the worker although it is kept off. */
  static final ReferenceLadder SCALE_CHANGED =
      changed(
          means("switch-scale-changed", WORKER).with(deployment("worker", "app:v1")),
          world -> replicas(world, 5));

  /** The same, and right afterwards it is switched on: nobody has seen that. */
  static final ReferenceLadder SCALE_CHANGED_LAST =
      means("switch-scale-changed-last", WORKER)
          .with(deployment("worker", "app:v1"))
          .thenSwitched("Enabled", "Disabled")
          .thenSync(
              "scales, and switches to Enabled",
              stands("Disabled"),
              (world, it) -> {
                replicas(world, 5);
                ReferenceLadder.switched(it, "Enabled");
              })
          .thenStands("Enabled");

  static final ReferenceLadder CRON_JOB_CHANGED =
      changed(
          means("switch-cron-job-changed", CRON)
              .with(cronJob("nightly", false), cronJob("weekly", true)),
          world ->
              world.change(
                  "team",
                  "cronjobs",
                  "nightly",
                  it -> it.withObject("/spec").put("suspend", false)));

  /** All at once, given back in reverse order. */
  static final ReferenceLadder EVERYTHING =
      offAndOn(
          means("switch-everything", FLAG + CRON + SCALED + JOB_TABLE + SWITCH + OTHER)
              .with(
                  configMap("good"),
                  cronJob("nightly", false),
                  cronJob("weekly", true),
                  deployment("worker", "app:v1"),
                  deployment("other", "app:v1"),
                  SCALED_OBJECT,
                  OutsideLadders.SERVICE,
                  OutsideLadders.REPLICAS));

  /** Somebody changes her mind while it is being switched off, and once more. */
  static final ReferenceLadder TURNED =
      means("switch-turned", FLAG + OTHER)
          .with(configMap("good"), deployment("other", "app:v1"))
          .thenSwitched("Enabled", "Disabled")
          .thenSwitched("Disabling", "Enabled")
          .thenSwitched("Enabled", "Disabled")
          .thenSwitched("Disabled", "Enabled")
          .thenStands("Enabled")
          .madeRacy();

  /** Who looks after means edits them while it is off: it counts from the next time on. */
  static final ReferenceLadder EDITED =
      means("switch-edited", WORKER)
          .with(deployment("worker", "app:v1"), deployment("other", "app:v1"))
          .thenSwitched("Enabled", "Disabled")
          .thenSync(
              "edits the means",
              stands("Disabled"),
              (world, it) -> Simulation.set(it, "/spec/means/0/scale/workloads/0", "name", "other"))
          .thenSwitched("Disabled", "Enabled")
          .thenSwitched("Enabled", "Disabled")
          .thenSwitched("Disabled", "Enabled")
          .thenStands("Enabled");

  /** The status is lost while it is kept off; what holds it is found on the worker. */
  static final ReferenceLadder LOST =
      lost(means("switch-lost", WORKER).with(deployment("worker", "app:v1")))
          .thenSwitched("Disabled", "Enabled")
          .thenStands("Enabled");

  /** Of CronJobs nobody knows then what they were: a human gives them back. */
  static final ReferenceLadder LOST_CRON_JOBS =
      lost(means("switch-lost-cron-jobs", CRON)
              .with(cronJob("nightly", false), cronJob("weekly", true)))
          .thenSwitched("Disabled", "Enabled")
          .thenStands("EnableFailed");

  /**
   * Somebody deletes what says how the CronJobs were: a human gives them back, unless the process
   * had read it before, because another one had died.
   */
  static final ReferenceLadder IMAGE_DELETED =
      means("switch-image-deleted", CRON)
          .with(cronJob("nightly", false), cronJob("weekly", true))
          .madeRacy()
          .thenSwitched("Enabled", "Disabled")
          .thenWhere("Disabled", "deletes the images", ReferenceSwitchings::deleteImages)
          .thenSwitched("Disabled", "Enabled")
          .thenStands("EnableFailed");

  /** Nobody asks for it: the queue is bad, so it is held off by itself until the queue is good. */
  static final ReferenceLadder AUTO =
      ReferenceLadder.switching("switch-auto", "means:\n" + WORKER + QUEUE)
          .with(deployment("worker", "app:v1"), deployment("web", "app:v2"))
          .thenSync(
              "mends what fills the queue",
              stands("Disabled"),
              (world, it) ->
                  world.controllers().mended(SimulatedApiServer.NAMESPACE + "/web", true))
          .thenStands("Enabled");

  /** Deleted while it is kept off: it is given back, and then it goes. */
  static final ReferenceLadder DELETED =
      means("switch-deleted", FLAG + OTHER)
          .with(configMap("good"), deployment("other", "app:v1"))
          .thenSwitched("Enabled", "Disabled")
          .thenWhere(
              "Disabled",
              "deletes it",
              world ->
                  world.server().delete("human", SimulatedApiServer.SYNCS, ReferenceLadder.SYNC));

  static final List<ReferenceLadder> ALL =
      List.of(
          SCALE,
          FORBIDDEN,
          CONFIG,
          CONFIG_USERS,
          ENV,
          CRON_JOBS,
          SCALED_OBJECTS,
          TABLE,
          TRIGGERS_OFF,
          TRIGGERS_CHANGED,
          TRIGGERS_STUBBORN,
          HTTP,
          HTTP_RUN_ONCE,
          TABLE_CHANGED,
          TABLE_SET_BACK,
          HTTP_RESTARTED,
          SCALE_CHANGED,
          SCALE_CHANGED_LAST,
          CRON_JOB_CHANGED,
          EVERYTHING,
          TURNED,
          EDITED,
          LOST,
          LOST_CRON_JOBS,
          IMAGE_DELETED,
          AUTO,
          DELETED);

  private ReferenceSwitchings() {}

  private static ReferenceLadder offAndOn(ReferenceLadder ladder) {
    return ladder
        .thenSwitched("Enabled", "Disabled")
        .thenSwitched("Disabled", "Enabled")
        .thenStands("Enabled");
  }

  /** Somebody does this while it is off; it is read back, and given back then. */
  private static ReferenceLadder changed(ReferenceLadder ladder, Consumer<Simulation> deed) {
    return ladder
        .thenSwitched("Enabled", "Disabled")
        .thenWhere("Disabled", "changes something", deed)
        .thenSwitchedLater(80_000, "Disabled", "Enabled")
        .thenStands("Enabling")
        .thenStands("Enabled");
  }

  private static ReferenceLadder lost(ReferenceLadder ladder) {
    return ladder
        .thenSwitched("Enabled", "Disabled")
        .thenWhere(
            "Disabled",
            "loses the status",
            world -> {
              var live =
                  world.server().get(SimulatedApiServer.SYNCS, ReferenceLadder.SYNC).deepCopy();
              live.remove("status");
              world.server().putStatus("restore", SimulatedApiServer.SYNCS, live);
            });
  }

  private static void deleteImages(Simulation world) {
    List.copyOf(world.server().all(SimulatedApiServer.RECORDS).keySet()).stream()
        .filter(name -> name.startsWith("bs-img-"))
        .forEach(name -> world.server().delete("human", SimulatedApiServer.RECORDS, name));
  }

  private static void replicas(Simulation world, int number) {
    world.change(
        "team", "deployments", "worker", it -> it.withObject("/spec").put("replicas", number));
  }

  private static String cronJob(String name, boolean suspended) {
    return """
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: %s}
    spec:
      schedule: "0 3 * * *"
      suspend: %s
      jobTemplate: {spec: {template: {spec: {containers: [{name: app, image: 'tool:sync'}]}}}}
    """
        .formatted(name, suspended);
  }

  private static ReferenceLadder means(String name, String means) {
    return ReferenceLadder.switching(name, "means:\n" + means);
  }
}
