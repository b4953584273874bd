package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.AdmissionHook;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What is kept off in a database and at a route: once, and exactly back, whenever the operator is
 * killed. The database and the API server are the witnesses.
 */
class EveryHoldE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(1);

  /** Writes of a run and its undo; more than there are: nobody is killed. */
  private static final List<Integer> KILLED_AT = List.of(10_000, 5, 8, 10, 13, 16, 20, 23, 26);

  private static final String RIGHTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: more}
      rules:
      - {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [patch]}
      - {apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [db]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: more}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: more}
      """;

  private static final String ROUTE =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: shop}
      spec:
        rules:
        - http:
            paths:
            - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            - {path: /api/all, pathType: Exact, backend: {service: {name: web, port: {number: 80}}}}
      """;

  /** The event trigger writes down which objects anybody changed. */
  private static final String TABLES =
      """
      CREATE TABLE notes (id int PRIMARY KEY);
      CREATE FUNCTION send() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER by_email BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION send();
      CREATE TRIGGER by_sms BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION send();
      ALTER TABLE notes DISABLE TRIGGER by_sms;
      CREATE FUNCTION tell(who text) RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT  1';
      CREATE TABLE changes (n serial, what text);
      CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO public.changes (what)
            SELECT command_tag || ' ' || object_identity FROM pg_event_trigger_ddl_commands()
            WHERE schema_name = 'public';
        END $$;
      CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION seen();
      """;

  private static final String CATALOG =
      """
      SELECT tgname || ' ' || tgenabled::text FROM pg_trigger WHERE tgrelid = 'notes'::regclass
      UNION ALL SELECT pg_get_functiondef('tell'::regproc)
      ORDER BY 1
      """;

  private static final List<String> CHANGED =
      List.of("ALTER TABLE public.notes", "CREATE FUNCTION public.tell(pg_catalog.text)");

  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        verification: {soak: 0s}
        gates:
        - {name: ready, interval: 1s, within: 20s, consecutiveSuccessLimit: 1,
           consecutiveFailureLimit: 1, workload: {kind: Deployment, name: web}}
        levels:
        - name: quiet
          actions:
          - name: no-mails
            disableTriggers: {databaseRef: {name: db}, tables: [notes]}
          - name: tell-nobody
            replaceFunctions:
              databaseRef: {name: db}
              functions: [{name: public.tell, language: sql, body: SELECT 0}]
          - name: closed
            blockRoute: {routeRef: {kind: Ingress, name: shop}, path: /api}
      """;

  private final Shop shop = Shop.open("every-hold").idle("web", "v1");

  @Test
  void isKeptOffOnceAndBackExactly() throws Exception {
    assumeTrue(AdmissionHook.isReachable(), AdmissionHook.SKIPPED);
    try (shop) {
      // given
      shop.apply(RIGHTS);
      shop.apply(ROUTE);
      shop.apply(PodDatabase.DATABASE);
      shop.rolledOut("db");
      shop.apply(PodDatabase.SECRET.formatted(PodDatabase.address(shop, "db")));
      shop.kubectl("create", "service", "clusterip", "backstep-responder", "--tcp=80").orThrow();
      Psql.of(shop).says(TABLES);
      shop.apply(PLAN);
      shop.awaitCondition("Executable", "True");

      for (var write : KILLED_AT) {
        survives(write);
      }
    }
  }

  /** A run and its undo, in which the operator is killed at this write. */
  private void survives(int write) throws Exception {
    var run = "INC-%d".formatted(write);
    var catalog = rows(CATALOG);
    var route = route();
    Psql.of(shop).says("TRUNCATE changes");
    try (var hook = AdmissionHook.killAfter(shop.namespace(), "runner", write, operator)) {
      // when
      shop.patch(
          """
          {"spec":{"run":{"id":"%s","reason":"mails go out twice","requestedBy":"alice",
           "entry":"Always","levels":["quiet"],"state":"Running","stateBy":null}}}
          """
              .formatted(run));
      brings(run, Phase.Mitigated);

      // then
      assertThat(changes()).as("killed at write %d", write).isEqualTo(CHANGED);
      assertThat(rows(CATALOG))
          .as("killed at write %d", write)
          .contains("by_email D", "by_sms D")
          .noneMatch(catalog.get(0)::equals);
      assertThat(route().at("/spec/rules").toString()).contains("backstep-responder");
      assertThat(generation()).isEqualTo(generation(route) + 1);

      // when
      shop.state("Undone");
      brings(run, Phase.Undone);

      // then
      assertThat(changes())
          .as("killed at write %d", write)
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(CHANGED.stream(), CHANGED.stream()).toList());
      assertThat(rows(CATALOG)).as("killed at write %d", write).isEqualTo(catalog);
      assertThat(route().path("spec")).isEqualTo(route.path("spec"));
      assertThat(generation()).isEqualTo(generation(route) + 2);
      assertThat(shop.plan().getStatus().holds()).isEmpty();
      assertThat(hook.requests())
          .as("writes, so that the fault fired")
          .isGreaterThanOrEqualTo(Math.min(write, KILLED_AT.get(KILLED_AT.size() - 1)));
    }
  }

  private List<String> changes() {
    // Who replaces a function alters it first, as it is: so nobody else replaces it meanwhile.
    return rows("SELECT what FROM changes WHERE what NOT LIKE 'ALTER ROUTINE %' ORDER BY n");
  }

  private List<String> rows(String query) {
    return Psql.of(shop).rows("shop", query);
  }

  /** Starts the operator again as soon as it was killed, until the run is there. */
  private void brings(String run, Phase phase) {
    shop.await(
        run + " " + phase,
        plan -> {
          operator.ensureAlive();
          var status = plan.getStatus();
          return status.run() != null && status.run().id().equals(run) && status.phase() == phase;
        });
  }

  private JsonNode route() throws IOException {
    return Json.MAPPER.readTree(
        shop.kubectl("get", "ingress", "shop", "-o", "json").orThrow().stdout());
  }

  private int generation() throws IOException {
    return generation(route());
  }

  private static int generation(JsonNode route) {
    return route.at("/metadata/generation").asInt();
  }
}
