package dev.backstep.action.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A real Job of the operator's own image, with the file of an application on its volume. */
class ResyncE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(1);

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int ROWS = 20_000;

  private static final String VOLUME =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: shop-data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 16Mi}}}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: file}
      binaryData: {shop.sqlite: %s}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: local}
      spec:
        selector: {matchLabels: {app: local}}
        template:
          metadata: {labels: {app: local}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: app
              image: backstep.dev/debian:12
              command: [bash, -c, "cp /from/shop.sqlite /data/ && touch /tmp/ready && sleep infinity"]
              startupProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 1, failureThreshold: 120}
              volumeMounts:
              - {name: data, mountPath: /data}
              - {name: from, mountPath: /from}
            volumes:
            - {name: data, persistentVolumeClaim: {claimName: shop-data}}
            - {name: from, configMap: {name: file}}
      """;

  private static final String CONTROL =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: cloud}
      spec:
        serviceAccountName: runner
        means: [{name: workers, scale: {workloads: [{kind: Deployment, name: local}]}}]
        resync:
          source: {sqlite: {claimName: shop-data, path: shop.sqlite}}
          target: {databaseRef: {name: db}}
          tables: [{name: vehicles}, {name: customers}]
          batchSize: %d
          timeout: 5m
      """;

  private static final String MAY =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: resync}
      rules:
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      - {apiGroups: [''], resources: [secrets], resourceNames: [db], verbs: [get]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: resync}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: resync}
      """;

  private static final String LEVEL =
      """
      - name: resync
        onUnhealthy: Ask
        actions:
        - {name: copy, resync: {syncControlRef: {name: cloud}}}
      """;

  private static final String TABLES =
      """
      CREATE TABLE customers (id int PRIMARY KEY, name text);
      CREATE TABLE vehicles (id int PRIMARY KEY, vin text, sold boolean,
        customer int REFERENCES customers);
      CREATE TABLE written (id int);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO written VALUES (NEW.id); RETURN NULL; END';
      -- Of others, so that it is filled in batches.
      INSERT INTO customers VALUES (9, 'Edsger'); INSERT INTO vehicles VALUES (-1, 'of others');
      CREATE TRIGGER note AFTER INSERT OR UPDATE ON vehicles FOR EACH ROW EXECUTE FUNCTION note();
      """;

  @TempDir Path folder;

  /** At rest, but with a log: SQLite itself could not read it on a volume that is read-only. */
  private String file() throws SQLException, IOException {
    var file = folder.resolve("shop.sqlite");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)");
      statement.execute(
          "CREATE TABLE vehicles (id INTEGER PRIMARY KEY, vin TEXT, sold INTEGER, customer INTEGER)");
      statement.execute("INSERT INTO customers VALUES (1, 'Ada'), (2, 'Grace')");
      statement.execute(
          "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT %d) INSERT INTO vehicles SELECT n, 'vin ' || n, n %% 2, 1 + n %% 2 FROM n"
              .formatted(ROWS));
    }
    return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
  }

  @Test
  void theJobSaysWhatIsWrongAndHowFarItIsAndGoesOnWhenItsPodIsKilled() throws Exception {
    operator.startWithItsImage();
    try (var shop = Shop.open("resync").serving("web", "v2")) {
      prepare(shop);
      shop.apply(CONTROL.formatted(1));
      shop.plan(LEVEL).run("INC-1", "resync");

      // The folder is root's alone: the program says so in its last words.
      shop.awaitPhase(Phase.AwaitingAnswer);
      assertThat(shop.runStatus().question().message())
          .contains(
              "Action copy failed: The file /run/backstep/source/shop.sqlite may not be read");
      shop.kubectl("exec", "deployment/local", "--", "chmod", "755", "/data").orThrow();
      shop.answer("Retry");

      shop.await("progress in the status", plan -> progress(shop).contains("Now: vehicles "));
      assertThat(progress(shop)).contains("/20,000, table 2 of 2.");
      shop.kubectl(
              "delete", "pods", "-l", "batch.kubernetes.io/job-name", "--force", "--grace-period=0")
          .orThrow();
      assertThat(copied(shop)).isBetween(1, ROWS - 1);

      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> assertThat(shop.runStatus().phase()).isEqualTo(Phase.AwaitingAnswer));
      assertThat(shop.runStatus().levels().get(0).actions().get(0).message())
          .contains(
              "ended well: customers 2/2, 2 of them new or changed, beside 1 other rows; vehicles 20,000/20,000");
      assertThat(psql(shop, "SELECT count(*), count(DISTINCT id) FROM written"))
          .isEqualTo("20000|20000");
      assertThat(psql(shop, "SELECT count(*) FROM vehicles WHERE sold AND customer = 2"))
          .isEqualTo("10000");
    }
  }

  private void prepare(Shop shop) throws SQLException, IOException {
    shop.apply(PodDatabase.DATABASE);
    // Larger than the annotation of a client-side apply may be.
    shop.kubectlWith(VOLUME.formatted(file()), "create", "-f", "-").orThrow();
    shop.apply(MAY);
    shop.rolledOut("db").rolledOut("local");
    var service = shop.client().services().inNamespace(shop.namespace()).withName("db").require();
    shop.apply(PodDatabase.SECRET.formatted(service.getSpec().getClusterIP()));
    psql(shop, TABLES);
  }

  private static String progress(Shop shop) {
    return shop.plan().getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(ConditionTypes.RECONCILING))
        .map(condition -> condition.getMessage())
        .findFirst()
        .orElse("");
  }

  private static int copied(Shop shop) {
    return Integer.parseInt(
        psql(shop, "SELECT sum(copied) FROM backstep.resync WHERE name = 'vehicles'"));
  }

  private static String psql(Shop shop, String sql) {
    return Psql.of(shop).says(sql);
  }
}
