package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.ladder.Trigger;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.OperatorImage;
import dev.backstep.testing.TestOperator;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An application that works without the cloud, whose sync goes wrong in the ways of the runbook.
 * Whatever is done, its users go on, and in the end the cloud has what the local file has.
 */
@Order(1)
class HybridSyncE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest();

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String TOKEN = "change-me";
  private static final String STATUS = "/api/sync/status";
  private static final String CUSTOMERS = "SELECT count(*) FROM customers";
  private static final String LEVELS = "sync-off, clear-queue, local-only, revert-release, resync";

  private static Incident incident;

  /** What the calendar asks for every quarter. */
  private static Trigger drill;

  @BeforeAll
  static void open() {
    OperatorImage.make();
    operator.start(Map.of("BACKSTEP_IMAGE_NAME", OperatorImage.NAME));
    incident = Incident.in("hybrid");
    incident
        .shop()
        .kubectl("wait", "--for=condition=complete", "job/cloud-schema", "--timeout=180s")
        .orThrow();
    drill =
        incident.planned().plan().getSpec().triggers().stream()
            .filter(it -> it.name().equals("every-quarter"))
            .findFirst()
            .orElseThrow();
    byNoCalendar();
    sync("{\"queue\":{\"interval\":\"1s\"},\"readBack\":\"5s\"}");
    incident.proven();
  }

  /** Else a backup may begin in the midst of a test. */
  private static void byNoCalendar() {
    var patch = "[{\"op\":\"remove\",\"path\":\"/spec/triggers\"}]";
    incident
        .shop()
        .kubectl("patch", "rollbackplan", "hybrid", "--type=json", "-p", patch)
        .orThrow();
  }

  @AfterAll
  static void close() {
    incident.close();
  }

  private static String cloud(String statement) {
    return incident.sql("cloud", statement);
  }

  private static String status() {
    return incident.gets("app", STATUS).body();
  }

  private static int number(String field) {
    return Integer.parseInt(status().replaceAll("(?s).*\"%s\":(\\d+).*".formatted(field), "$1"));
  }

  /** What a user of the application does; the cloud has to get it. */
  private static String customer(String name) {
    var made =
        incident.postsAsAdmin(TOKEN, "app", "/api/customers", "{\"name\":\"%s\"}".formatted(name));
    assertThat(made.statusCode()).as("users go on: %s", made.body()).isEqualTo(201);
    return made.body().replaceAll(".*\"id\":\"(\\w+)\".*\\s*", "$1");
  }

  private static void awaitInCloud(String id) {
    await(id + " in the cloud")
        .atMost(LIMIT)
        .until(() -> cloud(CUSTOMERS + " WHERE id = '%s'".formatted(id)).equals("1"));
  }

  private static void sync(String spec) {
    incident
        .shop()
        .kubectl(
            "patch", "synccontrol", "cloud", "--type=merge", "-p", "{\"spec\":%s}".formatted(spec))
        .orThrow();
  }

  private static void awaitSync(String what, Predicate<SyncControlStatus> reached) {
    await(what)
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(
                        incident
                            .shop()
                            .client()
                            .resources(SyncControl.class)
                            .inNamespace(incident.shop().namespace())
                            .withName("cloud")
                            .require()
                            .getStatus())
                    .matches(reached, what));
  }

  private static boolean says(SyncControlStatus status, String type, String reason) {
    return status.conditions().stream()
        .anyMatch(it -> it.getType().equals(type) && it.getReason().equals(reason));
  }

  private static void released(String id) {
    incident
        .steers("{\"state\":\"Released\",\"stateBy\":\"you@example.com\"}")
        .awaitPhase(id, Phase.Released)
        .log(id);
  }

  /** A release goes wrong: customers wait under a name that the cloud does not know. */
  @Test
  void theFiveLevelsUntilTheCloudHasEverything() {
    // given
    incident
        .shop()
        .kubectl("set", "image", "deployment/app", "app=backstep.dev/bookings:v2")
        .orThrow();
    incident.shop().rolledOut("app");
    var grace = customer("Grace Hopper");
    incident.postsAsAdmin(
        TOKEN, "app", "/api/repair-orders", "{\"customer\":\"%s\"}".formatted(grace));
    var many =
        IntStream.range(0, 12_000)
            .mapToObj("{\"name\":\"Customer %d\"}"::formatted)
            .collect(Collectors.joining(",", "[", "]"));
    incident.postsAsAdmin(TOKEN, "app", "/api/customers/import", many);
    awaitSync("overflow", it -> says(it, "QueueHealthy", "QueueOverflow"));
    await().atMost(LIMIT).until(() -> number("totalFailed") > 10);
    await().atMost(LIMIT).until(() -> cloud("SELECT count(*) FROM repair_orders").equals("1"));
    assertThat(cloud(CUSTOMERS + " WHERE id = '%s'".formatted(grace))).isEqualTo("0");

    // when
    incident
        .runs("INC-8", "\"symptom\":\"BadRelease\"")
        .awaitPhase("INC-8", Phase.AwaitingApproval);

    // then: off at once, for pods that start too, and nothing is lost
    assertThat(incident.outcomes()).isEqualTo("sync-off Unhealthy");
    assertThat(status()).contains("\"enabled\":false");
    assertThat(setting("sync-settings")).isEqualTo("false");
    assertThat(number("queueSize")).isGreaterThan(12_000);

    // what was in the queue is kept, the release before is back, and the cloud is filled
    incident.approvesLevel().awaitPhase("INC-8", Phase.Mitigated);
    assertThat(incident.outcomes())
        .isEqualTo(LEVELS.replace(",", " Unhealthy,").concat(" Healthy"));
    assertThat(incident.backups()).containsPattern("/backups/queue/cloud-.*Z.json.manifest.json");
    assertThat(status()).contains("\"mode\":\"local-only\"", "\"enabled\":false");
    assertThat(incident.gets("app", "/api/health").body()).contains("\"version\":\"v1\"");
    assertThat(Integer.parseInt(cloud(CUSTOMERS))).isGreaterThan(12_000);
    assertThat(cloud(CUSTOMERS + " WHERE id = '%s'".formatted(grace))).isEqualTo("1");
    assertThat(incident.run().missed()).isEmpty();
    assertThat(incident.run().levels()).allSatisfy(HybridSyncE2E::inTime);

    // when
    released("INC-8");

    // then
    await().atMost(LIMIT).ignoreExceptions().until(() -> status().contains("\"enabled\":true"));
    assertThat(status()).contains("\"mode\":\"hybrid\"");
    assertThat(setting("sync-settings") + setting("cloud-settings")).isEqualTo("truetrue");
    awaitInCloud(customer("Ada Lovelace"));
  }

  /** As the plan promises it. */
  private static void inTime(LevelStatus level) {
    var promised =
        incident.plan().getSpec().levels().stream()
            .filter(it -> it.name().equals(level.name()))
            .findFirst()
            .orElseThrow()
            .budget();
    assertThat(Duration.between(level.startedAt(), level.endedAt()))
        .isLessThan(Durations.of(promised));
  }

  private static String setting(String configMap) {
    return incident
        .shop()
        .kubectl("get", "configmap", configMap, "-o", "jsonpath={.data.*}")
        .orThrow()
        .stdout();
  }

  @Test
  void theSyncIsOffWhileTheCloudIsAwayAndComesBackByItself() {
    // given: five minutes are some seconds here
    awaitInCloud(customer("Alan Turing"));
    sync(
        """
        {"autoDisable":[{"name":"outage","when":"lastSyncAge > 15","for":"1s",
          "until":"lastSyncAge < 10","cooldown":"1s"}]}
        """);

    // when
    reachable("nowhere");
    cloud("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sync'");
    var meanwhile = customer("Edsger Dijkstra");

    // then
    await().atMost(LIMIT).until(() -> number("totalFailed") > 0);
    awaitSync("off", it -> it.state() == SwitchState.Disabled);
    assertThat(status()).contains("\"enabled\":false");
    assertThat(number("queueSize")).isPositive();
    assertThat(cloud(CUSTOMERS + " WHERE id = '%s'".formatted(meanwhile))).isEqualTo("0");
    customer("Barbara Liskov");

    // when
    reachable("cloud-db");

    // then
    awaitInCloud(meanwhile);
    awaitSync("on", it -> it.state() == SwitchState.Enabled && it.holders().isEmpty());
    await().atMost(LIMIT).until(() -> number("queueSize") == 0);
    sync(
        """
        {"autoDisable":[{"name":"outage","when":"lastSyncAge > 300","for":"1m",
          "until":"lastSyncAge < 60"}]}
        """);
  }

  /** Who is behind the Service of the cloud's database. */
  private static void reachable(String app) {
    incident
        .shop()
        .kubectl(
            "patch",
            "service",
            "cloud-db",
            "--type=merge",
            "-p",
            "{\"spec\":{\"selector\":{\"app\":\"%s\"}}}".formatted(app))
        .orThrow();
  }

  private static void elevenFail(String name) {
    IntStream.range(0, 11).forEach(it -> customer(name + " " + it));
    await().atMost(LIMIT).until(() -> number("totalFailed") > 10);
  }

  @Test
  void whatThePolicyRefusesIsTakenAgain() {
    // given
    cloud("DROP POLICY sync ON customers");
    elevenFail("Refused");

    // when
    incident
        .runs("INC-81", "\"symptom\":\"PolicyRefuses\"")
        .awaitPhase("INC-81", Phase.Recovered)
        .log("INC-81");

    // then
    assertThat(cloud(CUSTOMERS + " WHERE name LIKE 'Refused %'")).isEqualTo("11");
    assertThat(incident.run().missed()).isEmpty();
  }

  @Test
  void ofDuplicatesTheLatestStays() {
    // given: without its key the cloud takes everything twice, and nothing from the sync
    var twice = customer("Twice");
    awaitInCloud(twice);
    cloud(
        """
        ALTER TABLE customers DROP CONSTRAINT customers_pkey;
        INSERT INTO customers VALUES ('%s', 'Twice, later', now() + interval '1 minute');
        """
            .formatted(twice));
    elevenFail("Late");

    // when
    incident
        .runs("INC-82", "\"symptom\":\"Duplicates\"")
        .awaitPhase("INC-82", Phase.AwaitingApproval)
        .approvesLevel()
        .awaitPhase("INC-82", Phase.Recovered)
        .log("INC-82");

    // then
    assertThat(cloud("SELECT name FROM customers WHERE id = '%s'".formatted(twice)))
        .isEqualTo("Twice, later");
    assertThat(cloud(CUSTOMERS + " WHERE name LIKE 'Late %'")).isEqualTo("11");
    assertThat(incident.backups()).containsPattern("before-duplicates-.*.dump.manifest.json");
  }

  @Test
  void everyLevelSaysWhatItWouldChange() {
    var levels =
        incident.plan().getSpec().levels().stream()
            .map(level -> "\"%s\"".formatted(level.name()))
            .collect(Collectors.joining(","));
    incident
        .runs("DRY-8", "\"mode\":\"DryRun\",\"levels\":[%s]".formatted(levels))
        .awaitPhase("DRY-8", Phase.Completed)
        .log("DRY-8");

    assertThat(incident.run().levels())
        .hasSize(12)
        .allSatisfy(level -> assertThat(incident.preview(level.name())).isNotEmpty());
    assertThat(incident.preview("clear-queue")).anyMatch(it -> it.startsWith("Destroys:"));
    assertThat(incident.preview("local-only")).anyMatch(it -> it.contains("ENABLE_SUPABASE"));
  }

  @Test
  void theDrillOfEachQuarterRestoresBesideTheLiveFile() {
    // given
    var here = customer("Here before");
    awaitInCloud(here);
    var levels = drill.levels().stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));

    // when
    incident
        .runs("DRILL-8", "\"mode\":\"%s\",\"levels\":%s".formatted(drill.mode(), levels))
        .awaitPhase("DRILL-8", Phase.Completed)
        .log("DRILL-8");

    // then
    assertThat(incident.backups()).containsPattern("local/nightly-.*.sqlite.manifest.json");
    assertThat(incident.plan().getStatus().drills())
        .anySatisfy(it -> assertThat(it.action()).isEqualTo("restore-local"));
    assertThat(incident.gets("app", "/api/customers").body()).contains(here);
    awaitInCloud(customer("Here afterwards"));
    assertThat(incident.condition(ConditionTypes.READY)).startsWith("True");
  }
}
