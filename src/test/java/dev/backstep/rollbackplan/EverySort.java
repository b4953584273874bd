package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A plan whose level has an effect of every sort, on a real API server, a real PostgreSQL and a
 * real endpoint, and witnesses of what it did that are not its own status.
 */
final class EverySort implements AutoCloseable {
  static final List<String> THERE = List.of("pause", "migrate");
  static final List<String> BACK = List.of("pause", "migrate", "unmigrate", "resume");

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** A request that may not be sent twice is asked for when it cannot land any more. */
  private static final Duration UNTIL_NOTHING_LANDS = Duration.ofMinutes(6);

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final TestOperator operator;
  private final Shop shop;
  private final boolean more;

  private EverySort(TestOperator operator, Shop shop, boolean more) {
    this.operator = operator;
    this.shop = shop;
    this.more = more;
  }

  /** A shop with everything that the plan changes, and the plan, at rest. */
  static EverySort open(TestOperator operator, String name) {
    var sorts = new EverySort(operator, Shop.open(name).idle("web", "v1"), false);
    sorts.given();
    sorts.shop.apply(PLAN);
    sorts.shop.awaitCondition("Executable", "True");
    return sorts;
  }

  /**
   * As {@link #open}, with what takes longer: somebody reads the ConfigMap and is restarted, and a
   * request may not be sent twice.
   */
  static EverySort openWithMore(TestOperator operator, String name) {
    var sorts = new EverySort(operator, Shop.open(name).idle("web", "v1"), true);
    sorts.given();
    sorts.shop.apply(READER);
    sorts.shop.kubectl("set", "env", "deployment/hooks", "ADMIN_TOKEN=" + TOKEN).orThrow();
    sorts.shop.rolledOut("hooks").rolledOut("reader");
    sorts.shop.apply(PLAN + TICKET);
    sorts.shop.awaitCondition("Executable", "True");
    return sorts;
  }

  private void given() {
    shop.apply(RIGHTS);
    shop.apply(PodDatabase.DATABASE);
    shop.serving("hooks", "v1").rolledOut("db");
    shop.apply(PodDatabase.SECRET.formatted(PodDatabase.address(shop, "db")));
    shop.apply(SETTINGS);
    limits();
  }

  private void limits() {
    Psql.of(shop)
        .says(
            "CREATE TABLE limits (name text PRIMARY KEY, cap integer); INSERT INTO limits VALUES ('mails', 10), ('posts', 20), ('none', NULL)");
  }

  Shop shop() {
    return shop;
  }

  void run(String id) {
    shop.patch(
        """
        {"spec":{"run":{"id":"%s","reason":"mails go out twice","requestedBy":"alice",
         "entry":"Always","levels":["quiet"],"state":"Running","stateBy":null}}}
        """
            .formatted(id));
  }

  /** Starts the operator again as soon as it was killed, until the run is there. */
  void reaches(String run, Phase phase) {
    Awaitility.await("%s to be %s".formatted(run, phase))
        .atMost(more ? UNTIL_NOTHING_LANDS : PATIENCE)
        .untilAsserted(
            () -> {
              operator.ensureAlive();
              var status = shop.plan().getStatus();
              assertThat(status.run()).isNotNull();
              assertThat(status.run().id()).isEqualTo(run);
              assertThat(status.phase()).as("%s", status).isEqualTo(phase);
            });
  }

  void isDone() throws Exception {
    isDone(0);
  }

  /**
   * Every effect happened once.
   *
   * @param earlier so many runs were done and undone before
   */
  void isDone(int earlier) throws Exception {
    assertThat(settings().getData()).containsEntry("mode", "quiet").containsEntry("other", "1");
    assertThat(caps()).containsExactly("mails=0", "none=0", "posts=0");
    assertThat(callsAfter(earlier)).containsExactlyElementsOf(THERE);
    if (more) {
      assertThat(restarts()).as("restarts of the reader").isEqualTo(2 * earlier + 1);
      assertThat(ask("GET", "/api/sync/queue")).containsOnlyOnce("\"ticket\"");
    }
  }

  void isAsBefore() throws Exception {
    isAsBefore(0);
  }

  /** As {@link #isDone(int)}, and everything is back. */
  void isAsBefore(int earlier) throws Exception {
    assertThat(settings().getData()).containsEntry("mode", "loud").containsEntry("other", "1");
    assertThat(caps()).containsExactly("mails=10", "none=null", "posts=20");
    assertThat(callsAfter(earlier)).containsExactlyInAnyOrderElementsOf(BACK);
    if (more) {
      assertThat(restarts()).as("restarts of the reader").isEqualTo(2 * earlier + 2);
      // Nothing takes it back, so the next run finds it done.
      assertThat(ask("GET", "/api/sync/queue")).containsOnlyOnce("\"ticket\"");
      ask("POST", "/api/sync/queue/clear");
    }
  }

  /** How often what the reader of the ConfigMap is to be was written. */
  private long restarts() {
    return shop.deployment("reader").getMetadata().getGeneration() - 1;
  }

  private List<String> callsAfter(int earlier) throws IOException, InterruptedException {
    var calls = calls();
    return calls.subList(Math.min(calls.size(), earlier * BACK.size()), calls.size());
  }

  private ConfigMap settings() {
    return shop.client().configMaps().inNamespace(shop.namespace()).withName("settings").require();
  }

  List<String> caps() {
    return Psql.of(shop)
        .rows(
            "shop", "SELECT name || '=' || coalesce(cap::text, 'null') FROM limits ORDER BY name");
  }

  /** What the endpoint was asked for, each key once. */
  List<String> calls() throws IOException, InterruptedException {
    return List.of(ask("GET", "/calls").strip().replaceAll("[\\[\\]\"]", "").split(","));
  }

  private String ask(String method, String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(
                URI.create("http://%s%s".formatted(PodDatabase.address(shop, "hooks"), path)))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Authorization", "Bearer " + TOKEN)
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Override
  public void close() {
    shop.close();
  }

  private static final String RIGHTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: more}
      rules:
      - {apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [db]}
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: more}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: more}
      """;

  private static final String SETTINGS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {mode: loud, other: "1"}
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
        - {name: ready, interval: 1s, within: 20s, consecutiveSuccessLimit: 1,
           consecutiveFailureLimit: 1, workload: {kind: Deployment, name: web}}
        levels:
        - name: quiet
          actions:
          - name: flag
            setConfig: {configMap: {name: settings, data: {mode: quiet}}}
          - name: caps
            sql:
              effect: Repair
              destructive: false
              databaseRef: {name: db}
              statements: UPDATE limits SET cap = 0
              maxRows: 3
              remember: [{table: limits, key: [name], columns: [cap]}]
              check:
                query: SELECT count(*) FROM limits WHERE cap <> 0
                successCondition: value == 0 && affected == 3
          - name: pause
            http:
              effect: Hold
              destructive: false
              service: {name: hooks, port: 80}
              method: POST
              path: /calls/pause
              idempotent: true
              undo: {path: /calls/resume}
          - name: migrate
            job:
              effect: Repair
              destructive: false
              run:
                image: backstep.dev/app:v1
                command: [/app, call, http://hooks/calls/migrate]
                timeout: 1m
              undo:
                image: backstep.dev/app:v1
                command: [/app, call, http://hooks/calls/unmigrate]
                timeout: 1m
      """;

  private static final String TOKEN = "s3cret";

  private static final String READER =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: reader}
      spec:
        replicas: 0
        selector: {matchLabels: {app: reader}}
        template:
          metadata: {labels: {app: reader}}
          spec:
            containers:
            - name: app
              image: backstep.dev/app:v1
              envFrom: [{configMapRef: {name: settings}}]
      """;

  /** Each request makes a ticket. */
  private static final String TICKET =
      """
      - name: ticket
        http:
          effect: Repair
          destructive: false
          service: {name: hooks, port: 80}
          method: POST
          path: /api/sync/queue/add/ticket
          timeout: 2s
          idempotent: false
          verify:
            path: /api/sync/queue
            successCondition: body.operations.exists(o, o.table == 'ticket')
      """
          .indent(4);
}
