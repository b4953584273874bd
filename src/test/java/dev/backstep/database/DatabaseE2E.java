package dev.backstep.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The actions on a database, with PostgreSQL in a pod, by an operator that reads its Secret. */
class DatabaseE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(2);

  private static final String POSTGRES =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: notes-db}
      spec:
        selector: {matchLabels: {app: notes-db}}
        template:
          metadata: {labels: {app: notes-db}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: postgres
              image: backstep.dev/postgres:15
              env:
              - {name: POSTGRES_DB, value: notes}
              - {name: POSTGRES_USER, value: shop}
              - {name: POSTGRES_PASSWORD, value: change-me}
              readinessProbe: {tcpSocket: {port: 5432}, periodSeconds: 1}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: notes-db}
      spec: {selector: {app: notes-db}, ports: [{port: 5432}]}
      """;

  private static final String MAY_READ =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: notes-db, labels: {backstep.dev/database: "true"}}
      stringData: {host: "%s", dbname: notes, user: shop, password: change-me}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: secrets}
      rules: [{apiGroups: [''], resources: [secrets], resourceNames: [notes-db], verbs: [get]}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: secrets}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: secrets}
      """;

  private static final String TABLES =
      """
      CREATE TABLE caps (id int PRIMARY KEY, cap int);
      INSERT INTO caps VALUES (1, 5), (2, 3), (3, 0);
      CREATE FUNCTION send() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER by_email BEFORE INSERT ON caps FOR EACH ROW EXECUTE FUNCTION send();
      CREATE TRIGGER by_sms BEFORE INSERT ON caps FOR EACH ROW EXECUTE FUNCTION send();
      ALTER TABLE caps DISABLE TRIGGER by_sms;
      CREATE FUNCTION notify_all(text) RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT 1';
      """;

  private static final String LEVEL =
      """
      - name: quiet
        actions:
        - name: no-triggers
          disableTriggers: {databaseRef: {name: notes-db}, tables: [caps]}
        - name: no-function
          replaceFunctions:
            databaseRef: {name: notes-db}
            functions: [{name: public.notify_all, body: BEGIN RETURN NULL; END}]
        - name: no-caps
          sql:
            effect: Hold
            destructive: false
            databaseRef: {name: notes-db}
            statements: UPDATE caps SET cap = 0
            remember: [{table: caps, key: [id], columns: [cap]}]
      """;

  private static final List<String> STATE =
      List.of(
          "SELECT id, cap FROM caps ORDER BY id",
          "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
          "SELECT pg_get_functiondef('notify_all'::regproc)");

  private static String psql(Shop shop, String sql) {
    return new Psql(shop, "notes-db", "change-me").says("notes", sql);
  }

  private static List<String> state(Shop shop) {
    return STATE.stream().map(query -> psql(shop, query)).toList();
  }

  private static Shop withDatabase(String name) {
    var shop = Shop.open(name).serving("web", "v1");
    shop.apply(POSTGRES);
    shop.rolledOut("notes-db");
    var service =
        shop.client().services().inNamespace(shop.namespace()).withName("notes-db").require();
    shop.apply(MAY_READ.formatted(service.getSpec().getClusterIP()));
    psql(shop, TABLES);
    shop.plan(LEVEL);
    return shop;
  }

  private static void run(Shop shop, String mode) {
    shop.patch(
        """
        {"spec":{"run":{"id":"INC-1","reason":"users get a flood of messages","requestedBy":"alice",
         "levels":["quiet"],"entry":"Always","mode":"%s"}}}
        """
            .formatted(mode));
  }

  @Test
  void whatIsHeldIsAsBeforeAfterTheRelease() {
    try (var shop = withDatabase("database")) {
      var before = state(shop);
      run(shop, "Execute");
      shop.awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Mitigated);
      assertThat(psql(shop, STATE.get(0))).isEqualTo("1|0\n2|0\n3|0");
      assertThat(psql(shop, STATE.get(1))).isEqualTo("by_email|D\nby_sms|D");
      assertThat(psql(shop, STATE.get(2))).contains("BEGIN RETURN NULL; END");

      shop.state("Released").awaitPhase(Phase.Released);

      assertThat(state(shop)).isEqualTo(before);
      assertThat(shop.plan().getStatus().holds()).isEmpty();
    }
  }

  @Test
  void aDryRunLeavesNothing() {
    try (var shop = withDatabase("database-dry")) {
      var before = state(shop);
      run(shop, "DryRun");
      shop.awaitPhase(Phase.Completed);

      assertThat(shop.runStatus().levels().get(0).actions())
          .extracting(action -> String.join("; ", action.preview()))
          .containsExactly(
              "trigger by_email of public.caps: off; trigger by_sms of public.caps: off already",
              "function public.notify_all(text): another body",
              "3 rows affected");
      assertThat(state(shop)).isEqualTo(before);
      assertThat(psql(shop, "SELECT count(*) FROM pg_namespace WHERE nspname = 'backstep'"))
          .isEqualTo("0");
    }
  }
}
