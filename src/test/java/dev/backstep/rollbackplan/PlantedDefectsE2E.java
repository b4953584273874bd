package dev.backstep.rollbackplan;

import static dev.backstep.api.v1alpha1.ConditionTypes.EXECUTABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What somebody breaks beside a plan is said at the plan's next preflight, with its remedy, and is
 * not said any more at the one after it was mended.
 */
class PlantedDefectsE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(1);

  private static final Duration PATIENCE = Duration.ofSeconds(80);

  private static final String TRIGGER =
      "CREATE TRIGGER by_email BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION send()";

  private static final String TABLES =
      """
      CREATE TABLE orders (id int PRIMARY KEY, state text);
      CREATE TABLE notes (id int PRIMARY KEY);
      CREATE FUNCTION send() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE FUNCTION tell(who text) RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT 1';
      CREATE TABLE seen (n int);
      """;

  /** Prometheus, because it can want a password: that of user {@code prom} is shop-secret. */
  private static final String WORLD =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: more}
      rules:
      - {apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [token, db]}
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      - {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: more}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: more}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: approver}
      rules:
      - {apiGroups: [backstep.dev], resources: [rollbackplans], verbs: [approve]}
      - {apiGroups: [backstep.dev], resources: [approvals], verbs: [create]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: leads}
      subjects: [{kind: Group, name: leads, apiGroup: rbac.authorization.k8s.io}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: approver}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: token}
      stringData: {basic: "Basic cHJvbTpzaG9wLXNlY3JldA=="}
      ---
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: nightly}
      spec:
        schedule: "0 3 * * *"
        suspend: true
        jobTemplate:
          spec:
            template:
              spec: {restartPolicy: Never, containers: [{name: app, image: "backstep.dev/app:v0"}]}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: shop}
      spec:
        rules:
        - host: shop.example.com
          http:
            paths:
            - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: backstep-responder}
      spec: {ports: [{port: 80}]}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: queue}
      data:
        prometheus.yml: "{}"
        web.yml: |
          basic_auth_users: {prom: "$2b$04$2GLY78jbT/UuTdSmmJNM7uenjS/GjBh2Air2b.Pc0nXQFSQ19gKGO"}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: queue}
      spec:
        selector: {matchLabels: {app: queue}}
        template:
          metadata: {labels: {app: queue}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: queue
              image: backstep.dev/prometheus:2
              args: [--web.config.file=/etc/prometheus/web.yml]
              volumeMounts: [{name: config, mountPath: /etc/prometheus}]
              readinessProbe: {tcpSocket: {port: 9090}, periodSeconds: 1}
            volumes: [{name: config, configMap: {name: queue}}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: queue}
      spec: {selector: {app: queue}, ports: [{port: 80, targetPort: 9090}]}
      """;

  private static final String WAITS_IN_VAIN =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: in-vain}
      spec:
        terminationGracePeriodSeconds: 1
        containers: [{name: app, image: "backstep.dev/app:v0", imagePullPolicy: Never}]
      """;

  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        gates:
        - {name: ready, workload: {kind: Deployment, name: web}}
        - name: seen
          use: OnDemand
          sql: {databaseRef: {name: db}, query: SELECT count(n) FROM seen, successCondition: value == 0}
        levels:
        - name: code
          preconditions: [seen]
          actions:
          - name: back
            rollBack:
              workloads: [{kind: Deployment, name: web}]
              to: {images: [{container: app, image: "backstep.dev/app:v0"}]}
        - name: data
          approval: {}
          actions:
          - name: orders
            sql:
              effect: Repair
              destructive: false
              databaseRef: {name: db}
              statements: UPDATE orders SET state = 'held'
              remember: [{table: orders, key: [id], columns: [state]}]
          - name: no-mails
            disableTriggers: {databaseRef: {name: db}, tables: [notes]}
          - name: tell-nobody
            replaceFunctions:
              databaseRef: {name: db}
              functions: [{name: public.tell, language: sql, body: SELECT 0}]
        - name: outside
          actions:
          - name: repair
            job: {effect: Repair, destructive: false, run: {from: {cronJob: nightly}}}
          - name: closed
            blockRoute: {routeRef: {kind: Ingress, name: shop}, path: /api}
          - name: pause
            http:
              effect: Repair
              destructive: false
              service: {name: queue, port: 80}
              method: POST
              path: /pause
              headers: [{name: Authorization, valueFrom: {secretKeyRef: {name: token, key: basic}}}]
              verify: {path: /-/healthy, successCondition: status == 404}
      """;

  private final Shop shop = Shop.open("defects").serving("web", "v1");
  private final List<String> missed = new ArrayList<>();

  @BeforeAll
  static void looksOften() {
    operator.start(
        Map.of(
            "BACKSTEP_PREFLIGHT_INTERVAL", "2s",
            "BACKSTEP_PREFLIGHT_APPROVER_ROLE", "backstep-approver"));
  }

  /** Something that is done to the plan's world. */
  @FunctionalInterface
  private interface Deed {
    void done() throws Exception;
  }

  @Test
  void eachIsSaidWithItsRemedyAndNotAnyMoreOnceItIsMended() throws Exception {
    try (shop) {
      shop.apply(PodDatabase.DATABASE);
      shop.rolledOut("db");
      shop.apply(PodDatabase.SECRET.formatted(PodDatabase.address(shop, "db")));
      sql(TABLES);
      sql(TRIGGER);
      shop.apply(WORLD);
      shop.rolledOut("queue");
      shop.apply(PLAN);
      shop.awaitCondition(EXECUTABLE, "True");

      rights();
      secrets();
      databases();
      objects();

      assertThat(missed).isEmpty();
    }
  }

  private void rights() throws Exception {
    var binding = "rolebinding/runner";
    var nobody = "[{\"op\":\"replace\",\"path\":\"/subjects/0/name\",\"value\":\"%s\"}]";
    defect(
        () -> patch(binding, nobody.formatted("nobody")),
        () -> patch(binding, nobody.formatted("runner")),
        "may not patch deployments",
        "create rolebinding");
    without(
        client().serviceAccounts().inNamespace(shop.namespace()).withName("runner").require(),
        "/runner does not exist. Create it");
    without(
        client().rbac().roleBindings().inNamespace(shop.namespace()).withName("leads").require(),
        "lets people approve RollbackPlan web",
        "create rolebinding approvers --clusterrole=backstep-approver");
  }

  private void secrets() throws Exception {
    var secrets = client().secrets().inNamespace(shop.namespace());
    without(secrets.withName("db").require(), "db does not exist");
    without(secrets.withName("token").require(), "Secret token with key basic does not exist");
    changed("secret/db", "data", "password", "d3Jvbmc=", "c2VjcmV0", "Correct user and password");
    changed(
        "secret/db",
        "data",
        "host",
        "bm93aGVyZQ==",
        encoded("host"),
        "The name nowhere.",
        "is not known. Correct host");
    changed("secret/token", "data", "basic", "QmFzaWMgeA==", encoded("token", "basic"), "401");
    var label = "backstep.dev~1database";
    changed("secret/db", "metadata/labels", label, "no", "true", "kubectl -n", "label secret db");
    var key = "[{\"op\":\"move\",\"from\":\"/data/%s\",\"path\":\"/data/%s\"}]";
    defect(
        () -> patch("secret/db", key.formatted("user", "login")),
        () -> patch("secret/db", key.formatted("login", "user")),
        "has no key user");
    defect(
        () -> patch("secret/token", key.formatted("basic", "complex")),
        () -> patch("secret/token", key.formatted("complex", "basic")),
        "Secret token with key basic does not exist");
  }

  private void databases() throws Exception {
    renamed("TABLE orders", "TABLE old", "orders", "old", "\"orders\" does not exist");
    renamed("TABLE notes", "TABLE old", "notes", "old", "notes");
    renamed(
        "TABLE seen",
        "TABLE old",
        "seen",
        "old",
        "Gate seen cannot be measured",
        "\"seen\" does not exist");
    defect(
        () -> sql("DROP TRIGGER by_email ON notes"),
        () -> sql(TRIGGER),
        "notes",
        "has no trigger that could be turned off");
    renamed("FUNCTION tell(text)", "FUNCTION old(text)", "tell", "old", "public.tell");
  }

  private void objects() throws Exception {
    var batch = client().batch().v1().cronjobs().inNamespace(shop.namespace());
    without(batch.withName("nightly").require(), "CronJob nightly does not exist", "Create it");
    var routes = client().network().v1().ingresses().inNamespace(shop.namespace());
    without(routes.withName("shop").require(), "Ingress shop does not exist", "Create it");
    var services = client().services().inNamespace(shop.namespace());
    without(services.withName("queue").require(), "Service queue does not exist");
    without(services.withName("backstep-responder").require(), "create service clusterip");
    changed(
        "deployment/web",
        "spec/template/spec/containers/0",
        "name",
        "main",
        "app",
        "has no container app; it has main");
    defect(
        () -> shop.apply(WAITS_IN_VAIN),
        () -> shop.kubectl("delete", "pod", "in-vain").orThrow(),
        "backstep.dev/app:v0, which action back would roll back to, cannot be pulled",
        "backstep.dev/app:v0, which action repair would run, cannot be pulled: pod in-vain says",
        "Push it");
    without(shop.deployment("web"), "Deployment web does not exist");
  }

  private void sql(String statement) {
    Psql.of(shop).says(statement);
  }

  private String encoded(String key) {
    return encoded("db", key);
  }

  private String encoded(String secret, String key) {
    return client()
        .secrets()
        .inNamespace(shop.namespace())
        .withName(secret)
        .require()
        .getData()
        .get(key);
  }

  private void renamed(String what, String then, String name, String other, String... said)
      throws Exception {
    defect(
        () -> sql("ALTER %s RENAME TO %s".formatted(what, other)),
        () -> sql("ALTER %s RENAME TO %s".formatted(then, name)),
        said);
  }

  private void changed(
      String object, String place, String key, String wrong, String right, String... said)
      throws Exception {
    var patch = "[{\"op\":\"replace\",\"path\":\"/%s/%s\",\"value\":\"%s\"}]";
    defect(
        () -> patch(object, patch.formatted(place, key, wrong)),
        () -> patch(object, patch.formatted(place, key, right)),
        said);
  }

  private void without(HasMetadata object, String... said) throws Exception {
    defect(() -> client().resource(object).delete(), () -> createdAgain(object), said);
  }

  private void createdAgain(HasMetadata object) {
    object.getMetadata().setResourceVersion(null);
    object.getMetadata().setUid(null);
    client().resource(object).create();
  }

  private void patch(String object, String patch) {
    shop.kubectl("patch", object, "--type=json", "-p", patch).orThrow();
  }

  private KubernetesClient client() {
    return shop.client();
  }

  private void defect(Deed planted, Deed mended, String... said) throws Exception {
    // when
    planted.done();
    // then
    becomes(message -> Stream.of(said).allMatch(message::contains), List.of(said));
    // when
    mended.done();
    // then
    becomes(message -> shop.condition(EXECUTABLE).getStatus().equals("True"), List.of("mended"));
  }

  /** As a human asks for it: the test need not wait until the plan is looked at by itself. */
  private void lookAgain() {
    var when = "backstep.dev/requested-at=" + System.nanoTime();
    shop.kubectl("annotate", "--overwrite", "rollbackplan", "web", when).orThrow();
  }

  /** What is missed is said in the end: the others are tried all the same. */
  private void becomes(Predicate<String> as, List<String> what) {
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(1, TimeUnit.SECONDS)
          .until(
              () -> {
                lookAgain();
                return as.test(shop.condition(EXECUTABLE).getMessage());
              });
    } catch (ConditionTimeoutException e) {
      missed.add("%s: %s".formatted(what, shop.condition(EXECUTABLE).getMessage()));
    }
  }
}
