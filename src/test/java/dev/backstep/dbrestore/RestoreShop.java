package dev.backstep.dbrestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.testing.ChartPolicies;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A shop with a PostgreSQL in a pod, a volume with a backup of its orders, and who restores it. */
final class RestoreShop implements AutoCloseable {
  static final String ALICE = "alice@example.com";
  static final String BOB = "bob@example.com";

  private static final Duration LIMIT = Duration.ofMinutes(3);

  private static final String VOLUME =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: backups}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: keeper}
      spec:
        selector: {matchLabels: {app: keeper}}
        template:
          metadata: {labels: {app: keeper}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: keeper
              image: backstep.dev/debian:12
              command: [bash, -c, "chmod 777 /backups && touch /tmp/ready && sleep infinity"]
              startupProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 1, failureThreshold: 120}
              volumeMounts: [{name: backups, mountPath: /backups}]
            volumes: [{name: backups, persistentVolumeClaim: {claimName: backups}}]
      """;

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: orders-admin, labels: {backstep.dev/database: "true"}}
      stringData: {host: "%s", port: "5432", dbname: orders, user: backstep, password: change-me}
      """;

  private static final String MAY =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: restore}
      rules:
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      - {apiGroups: [backstep.dev], resources: [synccontrols], verbs: [patch]}
      - {apiGroups: [''], resources: [secrets], resourceNames: [orders-admin], verbs: [get]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: restore}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: restore}
      """;

  /** It fills the orders, and is switched off as its team wants it to be. */
  static final String SYNC =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: importer}
      spec:
        serviceAccountName: runner
        readBack: 5s
        means:
        - {name: workers, scale: {workloads: [{kind: Deployment, name: importer}]}}
      """;

  /** Its pods take three quarters of a minute to end. */
  static final String SLOW =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: slow}
      spec:
        selector: {matchLabels: {app: slow}}
        template:
          metadata: {labels: {app: slow}}
          spec:
            terminationGracePeriodSeconds: 45
            containers:
            - name: slow
              image: backstep.dev/debian:12
              command: [bash, -c, "trap '' TERM; while true; do sleep 1; done"]
      """;

  static final String RESTORE =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: DbRestore
      metadata: {name: %s}
      spec:
        serviceAccountName: runner
        mode: %s
        reason: The orders of this morning are gone
        requestedBy: alice@example.com
        target: {databaseRef: {name: orders-admin}}
        source: {from: {volume: {claimName: backups}}, path: %s}
        quiesce: {workloads: [{kind: Deployment, name: web}], timeout: 30s}
        safetyBackup: {to: {volume: {claimName: backups}}, prefix: before-}
        verify:
        - name: orders
          query: SELECT count(*) FROM orders
          successCondition: value == 100 && before == 7
      """;

  /** A drill replaces nothing, so it needs no copy of what there is. */
  static final String DRILL =
      RESTORE
          .lines()
          .filter(line -> !line.contains("safetyBackup"))
          .collect(Collectors.joining("\n"));

  static final String LEVEL =
      """
      - name: restore
        actions:
        - name: orders
          timeout: 10m
          inDrill: Run
          dbRestore:
            target: {databaseRef: {name: orders-admin}}
            source: {from: {volume: {claimName: backups}}, path: orders.dump}
            quiesce: {workloads: [{kind: Deployment, name: web}]}
            safetyBackup: {to: {volume: {claimName: backups}}, prefix: before-}
            verify:
            - {name: orders, query: SELECT count(*) FROM orders,
               successCondition: value == 100 && before == 7}
      """;

  private final Shop shop;
  private final ChartPolicies policies;

  private RestoreShop(Shop shop, ChartPolicies policies) {
    this.shop = shop;
    this.policies = policies;
  }

  /** For a shop whose database is no server. */
  static RestoreShop of(Shop shop) {
    return new RestoreShop(
        shop, ChartPolicies.in(shop).grant("runner", ALICE).grant("approver", BOB));
  }

  /** The plan's level is made ready, and people are asked. */
  void awaitsApproval() {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(shop.condition(ConditionTypes.AWAITING_APPROVAL))
                    .extracting(Condition::getStatus)
                    .isEqualTo("True"));
  }

  /** With 100 orders in the backup {@code orders.dump}, and 7 in the live database. */
  static RestoreShop open(String name) {
    var shop = Shop.open(name).serving("web", "v1");
    shop.apply(PodDatabase.DATABASE);
    shop.apply(VOLUME);
    shop.apply(MAY);
    shop.rolledOut("db").rolledOut("keeper");
    shop.apply(SECRET.formatted(PodDatabase.address(shop, "db")));
    var policies = ChartPolicies.in(shop).grant("runner", ALICE).grant("approver", BOB);
    var opened = new RestoreShop(shop, policies);
    opened.filled();
    return opened;
  }

  /** How many workers of a load are at an index just now. */
  static final String LOADING =
      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%slow%' AND state = 'active' AND datname LIKE 'orders_bs%'";

  /** The live database as it is now, in a file. */
  void dumped(String file) {
    shop.kubectl(
            "exec",
            "deployment/keeper",
            "--",
            "bash",
            "-c",
            "PGPASSWORD=change-me pg_dump -Fc -h %1$s -U backstep -f /backups/%2$s orders && chmod 644 /backups/%2$s"
                .formatted(PodDatabase.address(shop, "db"), file))
        .orThrow();
  }

  private void filled() {
    sql("shop", "CREATE ROLE app_owner");
    sql(
        "shop",
        "CREATE ROLE backstep LOGIN CREATEDB PASSWORD 'change-me' IN ROLE app_owner, pg_signal_backend");
    sql("shop", "CREATE DATABASE orders OWNER app_owner");
    sql(
        "orders",
        "SET ROLE app_owner; CREATE TABLE orders (id int PRIMARY KEY, tax int NOT NULL); INSERT INTO orders SELECT n, 19 FROM generate_series(1, 100) n");
    dumped("orders.dump");
    sql("orders", "DELETE FROM orders WHERE id > 7");
  }

  /** Kills the server, whose container begins anew, each time later, on what is on the disk. */
  void killsServer() {
    var restarts = serverRestarts();
    shop.kubectl("exec", "deployment/db", "--", "bash", "-c", "kill -QUIT 1");
    await("the server to be gone").atMost(LIMIT).until(() -> serverRestarts() > restarts);
  }

  private int serverRestarts() {
    return shop
        .client()
        .pods()
        .inNamespace(shop.namespace())
        .withLabel("app", "db")
        .list()
        .getItems()
        .stream()
        .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
        .mapToInt(ContainerStatus::getRestartCount)
        .sum();
  }

  /** Somebody whom no restore knows connects to the live database, as a user who may write. */
  Stranger stranger(String name, boolean persistent) {
    return new Stranger(PodDatabase.address(shop, "db"), name, persistent);
  }

  Shop shop() {
    return shop;
  }

  /** What a superuser sees in one of the databases. */
  String sql(String database, String statement) {
    return Psql.of(shop).says(database, statement);
  }

  /** The databases of the server that are not PostgreSQL's own, or the test's. */
  String databases() {
    return sql(
        "shop",
        "SELECT string_agg(regexp_replace(datname, '_bs[0-9a-f]{8}_', '_bs_'), ',' ORDER BY datname) FROM pg_database WHERE datname LIKE 'orders%'");
  }

  /** From now on, pods that are more than restricted are not let in. */
  void restricted() {
    shop.kubectl(
            "label", "namespace", shop.namespace(), "pod-security.kubernetes.io/enforce=restricted")
        .orThrow();
  }

  /** The table that people see. */
  String printed() {
    return shop.kubectl("get", "dbrestores").orThrow().stdout();
  }

  /** Who keeps a sync off. */
  String holders(String sync) {
    return shop.kubectl("get", "synccontrol", sync, "-o", "jsonpath={.status.holders[*].holder}")
        .orThrow()
        .stdout();
  }

  /** What Alice is told when she asks like this. */
  String refused(String yaml) {
    return shop.kubectlWith(yaml, "--as", ALICE, "create", "-f", "-").stderr();
  }

  /** What she is told when she changes it like this. */
  String refused(String name, String patch) {
    return shop.kubectl("--as", ALICE, "patch", "dbrestore", name, "--type=merge", "-p", patch)
        .stderr();
  }

  RestoreShop asks(String name, String mode, String path) {
    return asks(RESTORE.formatted(name, mode, path));
  }

  RestoreShop asks(String yaml) {
    shop.kubectlWith(yaml, "--as", ALICE, "create", "-f", "-").orThrow();
    return this;
  }

  /** The team changes the plan. */
  void changesPlan(String spec) {
    shop.kubectl(
            "patch", "rollbackplan", "web", "--type=merge", "-p", "{\"spec\":%s}".formatted(spec))
        .orThrow();
  }

  /** Whether the plan can be carried out, and why not. */
  String executable() {
    return Stream.ofNullable(shop.plan().getStatus())
        .flatMap(status -> status.conditions().stream())
        .filter(condition -> condition.getType().equals(ConditionTypes.EXECUTABLE))
        .map(condition -> condition.getStatus() + " " + condition.getMessage())
        .findFirst()
        .orElse("");
  }

  void wishes(String name, String state) {
    shop.kubectl(
            "--as",
            ALICE,
            "patch",
            "dbrestore",
            name,
            "--type=merge",
            "-p",
            "{\"spec\":{\"state\":\"%s\",\"stateBy\":\"%s\"}}".formatted(state, ALICE))
        .orThrow();
  }

  void runs(String id, String level) {
    patchRun(
        "\"id\":\"%s\",\"reason\":\"the orders of this morning are gone\",\"requestedBy\":\"%s\",\"entry\":\"Always\",\"levels\":[\"%s\"]"
            .formatted(id, ALICE, level));
  }

  void steers(String state) {
    patchRun("\"state\":\"%s\",\"stateBy\":\"%s\"".formatted(state, ALICE));
  }

  private void patchRun(String fields) {
    var patch = "{\"spec\":{\"run\":{%s}}}".formatted(fields);
    shop.kubectl("--as", ALICE, "patch", "rollbackplan", "web", "--type=merge", "-p", patch)
        .orThrow();
  }

  /** What the plan asks for just now: its level, or putting back what an action of it did. */
  void approvesLevel(String run, String level) {
    var plan = shop.plan();
    var asked = plan.getStatus().run().approval();
    approval(
        "RollbackPlan",
        "web",
        plan.getMetadata().getUid(),
        run,
        asked.undo() == null ? level : "%s, item: %s".formatted(level, asked.undo().action()),
        asked.hash());
  }

  void approves(String name, String level) {
    var restore = restore(name);
    approval(
        "DbRestore",
        name,
        restore.getMetadata().getUid(),
        name,
        level,
        restore.getStatus().run().approval().hash());
  }

  private void approval(
      String kind, String name, String uid, String run, String level, String hash) {
    var yaml =
        """
        apiVersion: backstep.dev/v1alpha1
        kind: Approval
        metadata: {generateName: a-}
        spec: {targetRef: {kind: %s, name: %s, uid: %s}, runId: "%s", %s hash: "%s",
               decision: Approve, approver: "%s"}
        """
            .formatted(
                kind, name, uid, run, level == null ? "" : "level: " + level + ",", hash, BOB);
    shop.kubectlWith(yaml, "--as", BOB, "create", "-f", "-").orThrow();
  }

  DbRestore restore(String name) {
    return shop.client()
        .resources(DbRestore.class)
        .inNamespace(shop.namespace())
        .withName(name)
        .require();
  }

  DbRestoreStatus awaitPhase(String name, RestorePhase phase) {
    await(name + " in " + phase)
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(said(name)).startsWith(phase.name() + " "));
    return restore(name).getStatus();
  }

  /** The phase, and why. */
  private String said(String name) {
    var status = restore(name).said();
    return "%s %s".formatted(status.phase(), status.conditions());
  }

  String condition(String name, String type) {
    return restore(name).said().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .map(Condition::getMessage)
        .findFirst()
        .orElse("");
  }

  /** Why it ended, in one word. */
  String reason(String name) {
    return restore(name).said().conditions().stream()
        .filter(condition -> condition.getType().equals(ConditionTypes.SUCCEEDED))
        .map(Condition::getReason)
        .findFirst()
        .orElse("");
  }

  String failure(String name) {
    return condition(name, ConditionTypes.SUCCEEDED);
  }

  @Override
  public void close() {
    try (policies) {
      shop.close();
    }
  }
}
