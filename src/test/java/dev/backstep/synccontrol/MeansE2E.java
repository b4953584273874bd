package dev.backstep.synccontrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sync with a switch of its own in each of its pods, and one that CronJobs begin. */
class MeansE2E {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String SERVICE =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: cron}
      rules:
      - {apiGroups: [batch], resources: [cronjobs, cronjobs/status], verbs: [patch]}
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch, delete]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: cron}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: cron}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: sync}
      spec:
        replicas: 2
        selector: {matchLabels: {app: sync}}
        template:
          metadata: {labels: {app: sync}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: app
              image: backstep.dev/app:v1
              readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1, timeoutSeconds: 5}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: sync}
      spec: {selector: {app: sync}, ports: [{port: 80, targetPort: 8080}]}
      """;

  private static final String CRON_JOB =
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: %s}
      spec:
        schedule: 0 3 1 1 *
        suspend: %s
        jobTemplate:
          spec:
            template:
              spec:
                restartPolicy: Never
                terminationGracePeriodSeconds: 1
                containers: [{name: app, image: 'backstep.dev/app:v1'}]
      """;

  private static final String SYNC =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: orders}
      spec:
        serviceAccountName: runner
        timeout: 10s
        readBack: 5s
        means:
      %s
      """;

  private static final String HTTP =
      """
        - name: switch
          http:
            service: {name: sync, port: 80}
            disable: {path: %s}
            enable: {path: /api/sync/enable}
            status: {path: /api/sync/status, successCondition: body.enabled == false}
      """;

  private static final String CRON =
      """
        - name: cron
          suspendCronJobs: {names: [nightly, old], runningJobs: %s}
      """;

  private static final String MISSED =
      """
        - name: %1$s
          suspendCronJobs: {names: [%1$s], catchUp: %2$s}
      """;

  /**
   * Of KEDA's own CRD what a ScaledObject is to others; it stays, because others may use it too.
   */
  private static final String KEDA =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: scaledobjects.keda.sh}
      spec:
        group: keda.sh
        scope: Namespaced
        names: {kind: ScaledObject, listKind: ScaledObjectList, plural: scaledobjects, singular: scaledobject, shortNames: [so]}
        versions:
        - name: v1alpha1
          served: true
          storage: true
          subresources: {status: {}}
          schema:
            openAPIV3Schema:
              type: object
              required: [spec]
              properties:
                spec:
                  type: object
                  required: [scaleTargetRef, triggers]
                  properties:
                    scaleTargetRef:
                      type: object
                      required: [name]
                      properties: {apiVersion: {type: string}, kind: {type: string}, name: {type: string}}
                    triggers:
                      type: array
                      items: {type: object, x-kubernetes-preserve-unknown-fields: true}
                status:
                  type: object
                  properties:
                    pausedReplicaCount: {type: integer, format: int32}
                    conditions:
                      type: array
                      items:
                        type: object
                        required: [status, type]
                        properties: {message: {type: string}, reason: {type: string}, status: {type: string}, type: {type: string}}
      """;

  private static final String SCALED =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: keda}
      rules:
      - {apiGroups: [keda.sh], resources: [scaledobjects], verbs: [patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: keda}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: keda}
      ---
      apiVersion: keda.sh/v1alpha1
      kind: ScaledObject
      metadata: {name: fleet, annotations: {team: shop}}
      spec: {scaleTargetRef: {name: worker}, triggers: [{type: cron}]}
      ---
      apiVersion: keda.sh/v1alpha1
      kind: ScaledObject
      metadata: {name: kept, annotations: {autoscaling.keda.sh/paused-replicas: "2"}}
      spec: {scaleTargetRef: {kind: Other, name: other}, triggers: [{type: cron}]}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: flags}
      data: {sync: "on", other: kept}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: reader}
      spec:
        selector: {matchLabels: {app: reader}}
        template:
          metadata: {labels: {app: reader}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - {name: app, image: 'backstep.dev/app:v1', envFrom: [{configMapRef: {name: flags}}]}
      """;

  private static final String SCALED_MEANS =
      """
        - name: fleet
          pauseScaledObjects: {names: [fleet, kept]}
        - name: flag
          setConfig: {configMap: {name: flags, data: {sync: "off"}}, restart: Users}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.running(5);

  private static Shop shop(String name) {
    var shop = Shop.open(name);
    shop.apply(SERVICE);
    shop.apply(CRON_JOB.formatted("nightly", "false"));
    shop.apply(CRON_JOB.formatted("old", "true"));
    return shop.rolledOut("sync");
  }

  private static SyncControlStatus await(
      Shop shop, String what, Predicate<SyncControlStatus> reached) {
    Awaitility.await()
        .alias(what)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status(shop)).as(what).isNotNull().matches(reached));
    return status(shop);
  }

  private static SyncControlStatus status(Shop shop) {
    return shop.client()
        .resources(SyncControl.class)
        .inNamespace(shop.namespace())
        .withName("orders")
        .require()
        .getStatus();
  }

  private static SyncControlStatus await(Shop shop, SwitchState state) {
    return await(shop, state.name(), status -> status.state() == state);
  }

  private static void wish(Shop shop, String state) {
    var spec = "{\"spec\":{\"state\":\"%s\"}}".formatted(state);
    shop.kubectl("patch", "synccontrol", "orders", "--type=merge", "-p", spec).orThrow();
  }

  private static String message(SyncControlStatus status, String type) {
    return status.conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow()
        .getMessage();
  }

  private static List<Pod> pods(Shop shop, String label, String value) {
    return shop
        .client()
        .pods()
        .inNamespace(shop.namespace())
        .withLabel(label, value)
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  /** True when the sync of each pod is on, or of each off. */
  private static boolean allSay(Shop shop, boolean enabled) {
    var pods = pods(shop, "app", "sync");
    return pods.size() == 2
        && pods.stream().allMatch(pod -> Readiness.isPodReady(pod) && enabled(pod) == enabled);
  }

  private static boolean enabled(Pod pod) {
    var address = "http://%s:8080/api/sync/status".formatted(pod.getStatus().getPodIP());
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(address)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body()
          .contains("\"enabled\":true");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static boolean suspended(Shop shop, String cronJob) {
    return shop.client()
        .batch()
        .v1()
        .cronjobs()
        .inNamespace(shop.namespace())
        .withName(cronJob)
        .require()
        .getSpec()
        .getSuspend();
  }

  /** One that runs until somebody deletes it. */
  private static void job(Shop shop) {
    shop.kubectl("create", "job", "--from=cronjob/nightly", "nightly-1").orThrow();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> pods(shop, "job-name", "nightly-1").stream().anyMatch(Readiness::isPodReady));
  }

  @Test
  void everyReplicaIsOffAlsoOneThatComesLaterAndEverythingIsAsBeforeAfterwards() {
    try (var shop = shop("means")) {
      // given
      job(shop);
      shop.apply(SYNC.formatted(HTTP.formatted("/api/sync/disable") + CRON.formatted("Delete")));
      await(shop, SwitchState.Enabled);

      // when
      wish(shop, "Disabled");
      await(shop, "the first intent", status -> status.episode() != null);
      operator.kill();
      operator.restart();

      // then
      await(shop, SwitchState.Disabled);
      assertThat(allSay(shop, false)).isTrue();
      assertThat(suspended(shop, "nightly")).isTrue();
      assertThat(pods(shop, "job-name", "nightly-1")).as("deleted, with its pods").isEmpty();

      // when
      var gone = pods(shop, "app", "sync").get(0).getMetadata().getName();
      shop.kubectl("delete", "pod", gone).orThrow();

      // then
      Awaitility.await().atMost(PATIENCE).until(() -> allSay(shop, false));
      assertThat(await(shop, SwitchState.Disabled).conditions())
          .noneMatch(condition -> condition.getType().equals("Contested"));

      // when
      wish(shop, "Enabled");

      // then
      await(shop, SwitchState.Enabled);
      assertThat(allSay(shop, true)).isTrue();
      assertThat(suspended(shop, "nightly")).isFalse();
      assertThat(suspended(shop, "old")).as("suspended before, so it stays").isTrue();
    }
  }

  @Test
  void itIsNotOffBeforeTheJobsThatRunHaveEndedAndSaysWhichTheyAre() {
    try (var shop = shop("means-wait")) {
      // given
      job(shop);
      shop.apply(SYNC.formatted(CRON.formatted("Wait")));

      // when
      wish(shop, "Disabled");

      // then
      assertThat(message(await(shop, SwitchState.DisableFailed), "Disabled"))
          .contains("It is not proven off: cron: ", "Job nightly-1, since ");
      assertThat(pods(shop, "job-name", "nightly-1")).isNotEmpty();

      // when
      shop.kubectl("delete", "job", "nightly-1").orThrow();

      // then
      await(shop, SwitchState.Disabled);
    }
  }

  /** As if a time of it had come, which is once a year. */
  private static void timePasses(Shop shop, String cronJob) {
    var past = "{\"status\":{\"lastScheduleTime\":\"2024-06-01T00:00:00Z\"}}";
    shop.kubectl("patch", "cronjob", cronJob, "--subresource=status", "--type=merge", "-p", past)
        .orThrow();
  }

  private static List<String> jobsOf(Shop shop, String cronJob) {
    return shop
        .client()
        .batch()
        .v1()
        .jobs()
        .inNamespace(shop.namespace())
        .list()
        .getItems()
        .stream()
        .filter(job -> job.getMetadata().getOwnerReferences().get(0).getName().equals(cronJob))
        .map(job -> job.getMetadata().getName())
        .toList();
  }

  /** Kubernetes' own controller decides what is begun; it begins at once what was missed. */
  @Test
  void whatWasMissedIsForgottenCaughtUpOnceOrLeftToKubernetes() {
    try (var shop = shop("means-missed")) {
      // given
      var ways = List.of("Skip", "RunOnce", "Kubernetes");
      var means = new StringBuilder();
      for (var way : ways) {
        var name = way.toLowerCase(Locale.ROOT);
        shop.apply(CRON_JOB.formatted(name, "false"));
        means.append(MISSED.formatted(name, way));
      }
      var deadline = "{\"spec\":{\"startingDeadlineSeconds\":30}}";
      shop.kubectl("patch", "cronjob", "runonce", "--type=merge", "-p", deadline).orThrow();
      shop.apply(SYNC.formatted(means));
      await(shop, SwitchState.Enabled);

      // when
      wish(shop, "Disabled");
      await(shop, SwitchState.Disabled);
      ways.forEach(way -> timePasses(shop, way.toLowerCase(Locale.ROOT)));
      wish(shop, "Enabled");
      await(shop, "on its way", status -> status.state() != SwitchState.Disabled);
      operator.kill();
      operator.restart();

      // then
      await(shop, SwitchState.Enabled);
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(jobsOf(shop, "kubernetes")).hasSize(1));
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> pods(shop, "job-name", jobsOf(shop, "runonce").get(0)).size() == 1);
      assertThat(jobsOf(shop, "runonce")).hasSize(1).allMatch(it -> it.startsWith("bs-job-"));
      assertThat(jobsOf(shop, "skip")).isEmpty();
      assertThat(ways).noneMatch(way -> suspended(shop, way.toLowerCase(Locale.ROOT)));
    }
  }

  /** What KEDA does once somebody pauses it, on an API server that knows its objects. */
  private static void kedaPauses(Shop shop) {
    shop.kubectl("scale", "deployment/worker", "--replicas=0").orThrow();
    var said =
        "{\"status\":{\"pausedReplicaCount\":0,\"conditions\":[{\"type\":\"Paused\",\"status\":\"True\"}]}}";
    for (var name : List.of("fleet", "kept")) {
      shop.kubectl(
              "patch", "scaledobject", name, "--subresource=status", "--type=merge", "-p", said)
          .orThrow();
    }
  }

  /** All that a team or KEDA reads; empty: there is none. */
  private static String paused(Shop shop, String scaledObject) {
    var path = "jsonpath={.metadata.annotations.autoscaling\\.keda\\.sh/paused-replicas}";
    return shop.kubectl("get", "scaledobject", scaledObject, "-o", path).orThrow().stdout();
  }

  private static List<String> names(Shop shop, String app) {
    return pods(shop, "app", app).stream().map(pod -> pod.getMetadata().getName()).toList();
  }

  private static String flag(Shop shop) {
    return shop.kubectl("get", "configmap", "flags", "-o", "jsonpath={.data.sync}")
        .orThrow()
        .stdout();
  }

  /**
   * Neither is a number of replicas that Backstep sets: one is KEDA's, the other is read at a
   * start.
   */
  @Test
  void whatKedaScalesIsPausedAndWhoReadsTheFlagIsRestarted() {
    try (var shop = Shop.open("means-keda").idle("worker", "v1")) {
      // given
      shop.apply(KEDA);
      shop.kubectl("wait", "--for=condition=Established", "crd/scaledobjects.keda.sh").orThrow();
      shop.apply(SCALED);
      shop.kubectl("scale", "deployment/worker", "--replicas=1").orThrow();
      shop.rolledOut("reader");
      shop.apply(SYNC.formatted(SCALED_MEANS));
      await(shop, SwitchState.Enabled);
      var before = names(shop, "reader");

      // when
      wish(shop, "Disabled");

      // then
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> paused(shop, "fleet").equals("0") && paused(shop, "kept").equals("0"));
      assertThat(status(shop).state())
          .as("KEDA has done nothing yet")
          .isNotEqualTo(SwitchState.Disabled);
      kedaPauses(shop);
      await(shop, SwitchState.Disabled);
      assertThat(flag(shop)).isEqualTo("off");
      var off = names(shop, "reader");
      assertThat(off).hasSize(1).doesNotContainAnyElementsOf(before);

      // when
      wish(shop, "Enabled");

      // then
      await(shop, SwitchState.Enabled);
      assertThat(paused(shop, "fleet")).isEmpty();
      assertThat(paused(shop, "kept")).as("paused before, so it stays").isEqualTo("2");
      assertThat(flag(shop)).isEqualTo("on");
      assertThat(names(shop, "reader")).hasSize(1).doesNotContainAnyElementsOf(off);
    }
  }

  @Test
  void aSwitchThatStillSaysOnAfterwardsIsNotProvenOffAndItsAnswerIsSaid() {
    try (var shop = shop("means-stuck")) {
      // given
      shop.apply(SYNC.formatted(HTTP.formatted("/calls/nothing")));

      // when
      wish(shop, "Disabled");

      // then
      assertThat(message(await(shop, SwitchState.DisableFailed), "Disabled"))
          .contains("wanted body.enabled == false (body.enabled was true)");

      // when
      wish(shop, "Enabled");

      // then
      await(shop, SwitchState.Enabled);
      assertThat(allSay(shop, true)).isTrue();
    }
  }
}
