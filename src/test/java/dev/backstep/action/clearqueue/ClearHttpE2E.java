package dev.backstep.action.clearqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.ChartPolicies;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A queue inside of a real application is kept on a real volume, and cleared by its own API. */
class ClearHttpE2E {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String ALICE = "alice@example.com";
  private static final String CAROL = "carol@example.com";

  private static final String APPLICATION =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: sync-admin}
      stringData: {token: sesame, authorization: Bearer sesame}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: sync}
      spec:
        selector: {matchLabels: {app: sync}}
        template:
          metadata: {labels: {app: sync}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: app
              image: backstep.dev/app:v1
              env: [{name: ADMIN_TOKEN, valueFrom: {secretKeyRef: {name: sync-admin, key: token}}}]
              readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1, timeoutSeconds: 5}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: sync}
      spec: {selector: {app: sync}, ports: [{port: 3002, targetPort: 8080}]}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: backups}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: shelf}
      spec:
        selector: {matchLabels: {app: shelf}}
        template:
          metadata: {labels: {app: shelf}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: shelf
              image: backstep.dev/debian:12
              command: [bash, -c, "chmod 777 /backups; sleep infinity"]
              volumeMounts: [{name: backups, mountPath: /backups}]
            volumes: [{name: backups, persistentVolumeClaim: {claimName: backups}}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: clear}
      rules:
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      - {apiGroups: [''], resources: [secrets], resourceNames: [sync-admin], verbs: [get]}
      - {apiGroups: [backstep.dev], resources: [synccontrols], verbs: [patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: clear}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: clear}
      """;

  private static final String CONTROL =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: cloud}
      spec:
        serviceAccountName: runner
        readBack: 5s
        means:
        - name: switch
          http:
            service: {name: sync, port: 3002}
            disable: {path: /api/sync/disable}
            enable: {path: /api/sync/enable}
            status: {path: /api/sync/status, successCondition: body.enabled == false}
        queue:
          size:
            http: {service: {name: sync, port: 3002}, path: /api/sync/status}
            value: body.queueSize
          clear:
            http:
              service: {name: sync, port: 3002}
              headers:
              - {name: Authorization, valueFrom: {secretKeyRef: {name: sync-admin, key: authorization}}}
              export: {path: /api/sync/queue}
              exportCount: size(body.operations)
              clear: {path: /api/sync/queue/clear}
              backup: {to: {volume: {claimName: backups}}, prefix: queue/cloud-, retention: 24h}
      """;

  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        verification: {soak: 0s}
        gates:
        - name: api
          interval: 1s
          within: 30s
          consecutiveSuccessLimit: 1
          http: {service: {name: sync, port: 3002}, path: /api/health}
        levels:
        - name: clear
          approval: {approvers: 1}
          actions:
          %s
          - {name: clear, clearQueue: {syncControlRef: {name: cloud}, maxItems: 100000}}
      """;

  private static final String OFF =
      "- {name: sync-off, disableSync: {syncControlRef: {name: cloud}}}";

  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(2);

  @BeforeAll
  static void start() {
    operator.startWithItsImage();
  }

  private static Shop shop(String name, String before) {
    var shop = Shop.open(name);
    shop.apply(APPLICATION);
    shop.rolledOut("sync").rolledOut("shelf");
    shop.apply(CONTROL);
    shop.apply(PLAN.formatted(before));
    return shop;
  }

  private static String asked(Shop shop, String method, String path) {
    var service = shop.client().services().inNamespace(shop.namespace()).withName("sync").require();
    var address = "http://%s:3002/api/sync%s".formatted(service.getSpec().getClusterIP(), path);
    var request =
        HttpRequest.newBuilder(URI.create(address))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void add(Shop shop, int number) {
    for (var one = 0; one < number; one++) {
      asked(shop, "POST", "/queue/add/customers");
    }
  }

  private static void steer(Shop shop, String patch) {
    shop.kubectl("--as", ALICE, "patch", "rollbackplan", "web", "--type=merge", "-p", patch)
        .orThrow();
  }

  private static void begin(Shop shop) {
    steer(
        shop,
        """
        {"spec":{"run":{"id":"INC-1","reason":"the cloud refuses all of it","requestedBy":"%s",
         "entry":"Always","levels":["clear"]}}}
        """
            .formatted(ALICE));
    approve(shop);
  }

  private static void approve(Shop shop) {
    shop.awaitPhase(Phase.AwaitingApproval);
    shop.kubectlWith(
            """
            apiVersion: backstep.dev/v1alpha1
            kind: Approval
            metadata: {generateName: a-}
            spec: {targetRef: {kind: RollbackPlan, name: web, uid: %s}, approver: "%s",
                   runId: INC-1, level: clear, hash: "%s", decision: Approve}
            """
                .formatted(
                    shop.plan().getMetadata().getUid(), CAROL, shop.runStatus().approval().hash()),
            "--as",
            CAROL,
            "create",
            "-f",
            "-")
        .orThrow();
  }

  private static void retry(Shop shop) {
    steer(
        shop,
        "{\"spec\":{\"run\":{\"answer\":{\"question\":\"%s\",\"choice\":\"Retry\",\"by\":\"%s\"}}}}"
            .formatted(shop.runStatus().question().id(), ALICE));
    // What destroys is agreed to once for each try.
    approve(shop);
  }

  private static String said(Shop shop) {
    var actions = shop.runStatus().levels().get(0).actions();
    return String.valueOf(actions.get(actions.size() - 1).message());
  }

  private static String question(Shop shop) {
    Awaitility.await().atMost(LIMIT).until(() -> shop.runStatus().phase() == Phase.AwaitingAnswer);
    return shop.runStatus().question().message();
  }

  private static String onShelf(Shop shop, String command) {
    return shop.kubectl("exec", "deployment/shelf", "--", "bash", "-c", command).orThrow().stdout();
  }

  /** The token is wrong at first: nothing is lost, and a corrected one counts at once. */
  @Test
  void allIsKeptBeforeItIsClearedAndZeroIsReadBack() {
    try (var shop = shop("clear", OFF);
        var policies = ChartPolicies.in(shop).grant("runner", ALICE).grant("approver", CAROL)) {
      add(shop, 12);
      setToken(shop, "Bearer guessed");
      begin(shop);

      assertThat(question(shop)).contains("answered 401");
      assertThat(asked(shop, "GET", "/status")).contains("\"enabled\":false,", "\"queueSize\":12");

      setToken(shop, "Bearer sesame");
      retry(shop);
      shop.awaitPhase(Phase.Mitigated);

      assertThat(asked(shop, "GET", "/status")).contains("\"queueSize\":0");
      assertThat(said(shop)).contains("cleared, 0 left; kept before: queue/cloud-", ": 12 entries");
      assertThat(onShelf(shop, "cat $(ls /backups/queue/*Z.json | tail -1)"))
          .contains("{\"id\":1,\"table\":\"customers\"}", "{\"id\":12,");
      assertThat(onShelf(shop, "cat $(ls /backups/queue/*.manifest.json | tail -1)"))
          .contains("\"entries\" : 12");
      assertThat(policies).isNotNull();
    }
  }

  private static void setToken(Shop shop, String token) {
    var patch = "{\"stringData\":{\"authorization\":\"%s\"}}".formatted(token);
    shop.kubectl("patch", "secret", "sync-admin", "--type=merge", "-p", patch).orThrow();
  }

  /** What comes between the export and the clearing would be in no backup. */
  @Test
  void aQueueThatGrowsMeanwhileIsNotClearedBeforeItStandsStill() throws Exception {
    try (var shop = shop("grows", "");
        var policies = ChartPolicies.in(shop).grant("runner", ALICE).grant("approver", CAROL)) {
      var over = new AtomicBoolean();
      var adding =
          new Thread(
              () -> {
                while (!over.get()) {
                  add(shop, 1);
                }
              });
      add(shop, 3);
      adding.start();
      try {
        begin(shop);
        assertThat(question(shop)).contains("entries, and the queue has", "Nothing was cleared.");
      } finally {
        over.set(true);
        adding.join();
      }
      var first = asked(shop, "GET", "/queue");
      assertThat(first).contains("{\"id\":1,\"table\":\"customers\"}");

      retry(shop);
      shop.awaitPhase(Phase.Recovered);
      assertThat(asked(shop, "GET", "/status")).contains("\"queueSize\":0");
      assertThat(onShelf(shop, "cat $(ls /backups/queue/*Z.json | tail -1)").strip())
          .isEqualTo(first.strip());
      assertThat(policies).isNotNull();
    }
  }
}
