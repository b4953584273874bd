package dev.backstep.means.jobtable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.ChartPolicies;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A queue in a real PostgreSQL with workers in pods: kept off, on again, and cleared. */
class JobTableE2E {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String ALICE = "alice@example.com";
  private static final String CAROL = "carol@example.com";

  /** Takes one job after the other, and counts how often each is done. */
  private static final String WORKERS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: worker}
      spec:
        replicas: 2
        selector: {matchLabels: {app: worker}}
        template:
          metadata: {labels: {app: worker}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: worker
              image: backstep.dev/postgres:15
              command: [sh, -c]
              args:
              - |
                while :; do
                  psql -qAt -c "WITH job AS (SELECT id FROM worker_jobs WHERE status = 'pending' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE worker_jobs j SET status = 'done', times = times + 1 FROM job WHERE j.id = job.id"
                  sleep 0.02
                done
              env:
              - {name: PGHOST, value: "%s"}
              - {name: PGUSER, value: shop}
              - {name: PGPASSWORD, value: secret}
              - {name: PGDATABASE, value: shop}
      """;

  private static final String JOBS =
      """
      CREATE TABLE worker_jobs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL,
        times int NOT NULL DEFAULT 0, error text, started_at timestamptz, updated_at timestamptz);
      INSERT INTO worker_jobs (status, updated_at)
        SELECT 'pending', '2026-01-01'::timestamptz + n * interval '1 s' FROM generate_series(1, 400) n;
      INSERT INTO worker_jobs (status) SELECT 'paused' FROM generate_series(1, 5);
      INSERT INTO worker_jobs (status, started_at) VALUES ('running', now() - interval '1 hour'), ('running', now());
      CREATE TABLE before AS SELECT * FROM worker_jobs;
      CREATE TABLE mails (id int);
      CREATE FUNCTION sent() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER counted AFTER INSERT ON mails FOR EACH ROW EXECUTE FUNCTION sent();
      CREATE TRIGGER mirrored AFTER INSERT ON mails FOR EACH ROW EXECUTE FUNCTION sent();
      CREATE TRIGGER old AFTER INSERT ON mails FOR EACH ROW EXECUTE FUNCTION sent();
      ALTER TABLE mails ENABLE ALWAYS TRIGGER mirrored, DISABLE TRIGGER old;
      """;

  /** As the team has them: one fires, one also on replicas, and one was off before. */
  private static final String TRIGGERS = "counted O, mirrored A, old D";

  private static final String TRIGGERS_OFF = "counted D, mirrored D, old D";

  private static final String SYNC =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: orders}
      spec:
        serviceAccountName: runner
        readBack: 5s
        means:
        - name: workers
          scale: {workloads: [{kind: Deployment, name: worker}]}
        - name: jobs
          jobTable:
            databaseRef: {name: db}
            table: worker_jobs
            key: [id]
            pause: {where: status = 'pending', set: {status: "'paused'", updated_at: now()}}
            failStuck:
              where: status = 'running' AND started_at < now() - interval '5 minutes'
              set: {status: "'failed'", error: "'stopped'"}
        - name: triggers
          disableTriggers: {databaseRef: {name: db}, tables: [mails]}
        queue:
          clear:
            table: {databaseRef: {name: db}, table: worker_jobs}
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
        - name: empty
          interval: 1s
          within: 10s
          consecutiveSuccessLimit: 1
          sql:
            databaseRef: {name: db}
            query: SELECT count(*) FROM worker_jobs WHERE status <> 'late'
            successCondition: value == 0
        levels:
        - name: clear
          approval: {approvers: 1}
          actions:
          - {name: clear, clearQueue: {syncControlRef: {name: orders}, maxItems: 1000}}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.running(4);

  private static Shop shop(String name) {
    var shop = Shop.open(name);
    shop.apply(PodDatabase.DATABASE);
    shop.apply(PodDatabase.MAY_READ);
    shop.rolledOut("db");
    shop.apply(PodDatabase.SECRET.formatted(address(shop)));
    psql(shop, JOBS);
    shop.apply(SYNC);
    return shop;
  }

  private static String address(Shop shop) {
    var service = shop.client().services().inNamespace(shop.namespace()).withName("db").require();
    return service.getSpec().getClusterIP();
  }

  private static String awaited(Shop shop) {
    return shop.condition(ConditionTypes.AWAITING_APPROVAL).getMessage();
  }

  private static String psql(Shop shop, String sql) {
    return Psql.of(shop).says(sql);
  }

  private static void wish(Shop shop, String state) {
    shop.kubectl(
            "patch",
            "synccontrol",
            "orders",
            "--type=merge",
            "-p",
            "{\"spec\":{\"state\":\"%s\"}}".formatted(state))
        .orThrow();
  }

  private static SyncControl sync(Shop shop) {
    return shop.client()
        .resources(SyncControl.class)
        .inNamespace(shop.namespace())
        .withName("orders")
        .require();
  }

  private static void awaitState(Shop shop, SwitchState state) {
    Awaitility.await()
        .alias(state.name())
        .atMost(PATIENCE)
        .pollInterval(200, TimeUnit.MILLISECONDS)
        .untilAsserted(() -> assertThat(sync(shop).said().state()).isEqualTo(state));
  }

  /** Jobs are done one after the other, and on a busy machine that takes a while. */
  private static void awaitCount(Shop shop, String where, String count) {
    Awaitility.await()
        .alias(where)
        .atMost(PATIENCE.multipliedBy(3))
        .pollInterval(500, TimeUnit.MILLISECONDS)
        .untilAsserted(() -> assertThat(count(shop, where)).isEqualTo(count));
  }

  private static String count(Shop shop, String where) {
    return psql(shop, "SELECT count(*) FROM worker_jobs WHERE " + where);
  }

  /** When each of them fires, as the catalogue has it. */
  private static String triggers(Shop shop) {
    return psql(
        shop,
        "SELECT string_agg(format('%s %s', tgname, tgenabled), ', ' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = 'mails'::regclass");
  }

  @Test
  void noJobIsLostAndNoneIsDoneTwice() {
    try (var shop = shop("workers")) {
      shop.apply(WORKERS.formatted(address(shop)));
      awaitCount(shop, "status = 'done' AND id <= 5", "5");

      wish(shop, "Disabled");
      awaitState(shop, SwitchState.Disabled);
      assertThat(count(shop, "status = 'pending'")).isEqualTo("0");
      assertThat(psql(shop, "SELECT status FROM worker_jobs WHERE id IN (406, 407) ORDER BY id"))
          .as("the one that hangs is ended, the other one is not")
          .isEqualTo("failed\nrunning");
      var done = Integer.parseInt(count(shop, "status = 'done'"));
      assertThat(done).isLessThan(400);

      psql(shop, "INSERT INTO worker_jobs (status) VALUES ('pending')");
      awaitCount(shop, "status = 'paused' AND id = 408", "1");
      assertThat(count(shop, "status = 'done'")).isEqualTo(String.valueOf(done));
      psql(shop, "UPDATE worker_jobs SET status = 'cancelled' WHERE id = 400");

      wish(shop, "Enabled");
      awaitCount(shop, "status IN ('pending', 'done')", "400");
      awaitState(shop, SwitchState.Enabled);
      awaitCount(shop, "status = 'done' AND times = 1", "400");
      assertThat(psql(shop, "SELECT status, count(*) FROM worker_jobs GROUP BY 1 ORDER BY 1"))
          .isEqualTo("cancelled|1\ndone|400\nfailed|1\npaused|5\nrunning|1");
      assertThat(
              psql(
                  shop,
                  "SELECT count(*) FROM worker_jobs j JOIN before b USING (id) WHERE j.updated_at IS DISTINCT FROM b.updated_at"))
          .as("but for the one that somebody cancelled")
          .isEqualTo("1");
      assertThat(psql(shop, "SELECT count(*) FROM backstep.remembered")).isEqualTo("1");
    }
  }

  @Test
  void rowsAndTriggersAreExactlyAsBeforeThoughTheOperatorIsKilledOnTheWay() {
    try (var shop = shop("killed")) {
      shop.idle("worker", "v1");
      assertThat(triggers(shop)).isEqualTo(TRIGGERS);
      psql(
          shop,
          """
          INSERT INTO worker_jobs (status, updated_at) SELECT 'pending', now() FROM generate_series(1, 60000);
          TRUNCATE before; INSERT INTO before SELECT * FROM worker_jobs;
          """);
      wish(shop, "Disabled");
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(50, TimeUnit.MILLISECONDS)
          .until(
              () ->
                  psql(shop, "SELECT to_regclass('backstep.remembered')").length() > 0
                      && !psql(
                              shop,
                              "SELECT 1 FROM backstep.remembered WHERE table_name = 'public.worker_jobs' LIMIT 1")
                          .isEmpty());
      operator.kill();
      operator.restart();
      awaitState(shop, SwitchState.Disabled);
      assertThat(count(shop, "status = 'pending'")).isEqualTo("0");
      assertThat(
              psql(
                  shop,
                  "SELECT count(*), count(DISTINCT key) FROM backstep.remembered WHERE table_name = 'public.worker_jobs'"))
          .isEqualTo("60400|60400");
      assertThat(triggers(shop)).isEqualTo(TRIGGERS_OFF);
      psql(shop, "ALTER TABLE mails ENABLE TRIGGER counted");
      Awaitility.await("read back")
          .atMost(PATIENCE)
          .until(() -> triggers(shop).equals(TRIGGERS_OFF));
      awaitState(shop, SwitchState.Disabled);

      wish(shop, "Enabled");
      awaitCount(shop, "status = 'pending' AND id <= 5", "5");
      operator.kill();
      operator.restart();
      awaitState(shop, SwitchState.Enabled);
      assertThat(
              psql(
                  shop,
                  "SELECT count(*) FROM (TABLE worker_jobs EXCEPT TABLE before) x WHERE status <> 'failed'"))
          .isEqualTo("0");
      assertThat(count(shop, "status = 'failed'")).isEqualTo("1");
      assertThat(triggers(shop)).isEqualTo(TRIGGERS);
    }
  }

  /** Four times, as with every other means; who adds jobs meanwhile disputes nothing. */
  @Test
  void whoKeepsSettingPausedJobsBackIsNamed() {
    try (var shop = shop("contested")) {
      shop.idle("worker", "v1");
      wish(shop, "Disabled");
      awaitState(shop, SwitchState.Disabled);
      for (var time = 1; time <= 3; time++) {
        psql(shop, "INSERT INTO worker_jobs (status) VALUES ('pending')");
        awaitCount(shop, "status = 'pending'", "0");
        psql(shop, "UPDATE worker_jobs SET status = 'pending' WHERE id = 400");
        awaitCount(shop, "status = 'pending'", "0");
      }
      assertThat(sync(shop).getStatus().state()).isEqualTo(SwitchState.Disabled);

      psql(shop, "UPDATE worker_jobs SET status = 'pending' WHERE id = 400");
      awaitState(shop, SwitchState.DisableFailed);
      assertThat(sync(shop).getStatus().episode().means().get(1))
          .satisfies(
              jobs -> {
                assertThat(jobs.standing()).isEqualTo(Standing.Contested);
                assertThat(jobs.message()).contains("that were paused were set back");
              });
      assertThat(count(shop, "status = 'pending'")).isEqualTo("1");

      wish(shop, "Enabled");
      awaitState(shop, SwitchState.Enabled);
      assertThat(count(shop, "status = 'pending'")).isEqualTo("403");
      assertThat(count(shop, "status = 'paused'")).as("those from before").isEqualTo("5");
    }
  }

  @Test
  void whatWasClearedIsKeptAndComesBack() {
    try (var shop = shop("clear");
        var policies = ChartPolicies.in(shop).grant("runner", ALICE).grant("approver", CAROL)) {
      shop.apply(PLAN);
      run(shop, "INC-1", "DryRun");
      shop.awaitPhase(Phase.Completed);
      assertThat(shop.runStatus().levels().get(0).actions().get(0).preview().toString())
          .contains("407 rows of table public.worker_jobs into table public.worker_jobs_bs_");
      assertThat(count(shop, "true")).isEqualTo("407");

      run(shop, "INC-2", "Execute");
      shop.awaitCondition(ConditionTypes.AWAITING_APPROVAL, "True");
      var kept = "Destroys: what it takes away is kept first, in a backup of its own.";
      shop.await("what it would change", plan -> awaited(shop).contains(kept));
      approve(shop, "INC-2");
      shop.awaitPhase(Phase.Recovered);
      assertThat(count(shop, "true")).isEqualTo("0");
      assertThat(shop.runStatus().levels().get(0).actions().get(0).sent().toString())
          .contains("407 rows of table public.worker_jobs taken into table");
      psql(shop, "INSERT INTO worker_jobs (status) VALUES ('late')");

      steer(
          shop, "{\"spec\":{\"run\":{\"state\":\"Undone\",\"stateBy\":\"%s\"}}}".formatted(ALICE));
      shop.awaitPhase(Phase.Undone);
      assertThat(psql(shop, "TABLE worker_jobs EXCEPT TABLE before")).startsWith("408|late");
      assertThat(psql(shop, "TABLE before EXCEPT TABLE worker_jobs")).isEmpty();
      assertThat(policies).isNotNull();
    }
  }

  private static void run(Shop shop, String id, String mode) {
    steer(
        shop,
        """
        {"spec":{"run":{"id":"%s","reason":"dead letters flood the queue","requestedBy":"%s",
         "entry":"Always","levels":["clear"],"mode":"%s"}}}
        """
            .formatted(id, ALICE, mode));
  }

  private static void steer(Shop shop, String patch) {
    shop.kubectl("--as", ALICE, "patch", "rollbackplan", "web", "--type=merge", "-p", patch)
        .orThrow();
  }

  private static void approve(Shop shop, String run) {
    shop.kubectlWith(
            """
            apiVersion: backstep.dev/v1alpha1
            kind: Approval
            metadata: {generateName: a-}
            spec: {targetRef: {kind: RollbackPlan, name: web, uid: %s}, approver: "%s",
                   runId: %s, level: clear, hash: "%s", decision: Approve}
            """
                .formatted(
                    shop.plan().getMetadata().getUid(),
                    CAROL,
                    run,
                    shop.runStatus().approval().hash()),
            "--as",
            CAROL,
            "create",
            "-f",
            "-")
        .orThrow();
  }
}
