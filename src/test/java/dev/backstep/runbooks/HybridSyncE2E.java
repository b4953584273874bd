package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ladder.Trigger;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.TestOperator;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
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
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(1);

  /** In the sample it is five minutes. */
  private static final String SOON =
      """
      {"autoDisable":[{"name":"outage","when":"lastSyncAge > 15","for":"1s","until":"lastSyncAge < 10",
        "cooldown":"1m"}]}
      """;

  private static Incident incident;
  private static Desk desk;

  /** What the calendar asks for every quarter. */
  private static Trigger drill;

  @BeforeAll
  static void open() {
    operator.startWithItsImage();
    incident = Incident.in("hybrid");
    desk = new Desk(incident);
    desk.kubectl("wait", "--for=condition=complete", "job/cloud-schema", "--timeout=180s");
    drill =
        incident.planned().plan().getSpec().triggers().stream()
            .filter(it -> it.name().equals("every-quarter"))
            .findFirst()
            .orElseThrow();
    // Else a backup may begin in the midst of a test.
    incident.edited(List.of("{\"op\":\"remove\",\"path\":\"/spec/triggers\"}"));
    desk.configures("{\"queue\":{\"interval\":\"1s\"},\"readBack\":\"5s\"}");
    incident.proven();
  }

  @AfterAll
  static void close() {
    incident.close();
  }

  /** A release goes wrong: customers wait under a name that the cloud does not know. */
  @Test
  void fourLevelsUntilTheCloudHasEverything() {
    // given
    desk.release("v2");
    var grace = desk.customer("Grace Hopper");
    desk.repairOrder(grace);
    desk.customers(12_000);
    desk.awaitSync(
        "overflow",
        it -> it.conditions().stream().anyMatch(is -> is.getReason().equals("QueueOverflow")));
    desk.until("failures", () -> desk.number("totalFailed") > 10);
    desk.until("order", () -> desk.cloud("SELECT count(*) FROM repair_orders").equals("1"));
    assertThat(desk.inCloud("id = '%s'", grace)).isZero();

    // when
    incident.asks("run.yaml").awaitPhase("INC-8", Phase.AwaitingApproval);

    // then: off at once, for pods that start too, and nothing is lost
    assertThat(incident.outcomes()).isEqualTo("sync-off Unhealthy");
    assertThat(desk.status()).contains("\"enabled\":false");
    assertThat(desk.setting("sync-settings")).isEqualTo("false");
    assertThat(desk.number("queueSize")).isGreaterThan(12_000);

    // what was in the queue is kept, the release before is back, and the cloud is filled
    incident.approvesLevel();
    awaitAction("clear-cloud");
    awaitAction("release-before");
    incident.awaitPhase("INC-8", Phase.Mitigated);
    assertThat(incident.outcomes())
        .isEqualTo(
            "sync-off Unhealthy, clear-queue Unhealthy, local-only Unhealthy, revert-release Unhealthy, resync Healthy");
    assertThat(incident.app().backups())
        .containsPattern("/backups/queue/cloud-.*Z.json.manifest.json");
    assertThat(desk.status()).contains("\"mode\":\"local-only\"", "\"enabled\":false");
    assertThat(incident.app().gets("app", "/api/health").body()).contains("\"version\":\"v1\"");
    assertThat(desk.inCloud("name LIKE 'Customer %%'")).isEqualTo(12_000);
    assertThat(desk.inCloud("id = '%s'", grace)).isEqualTo(1);
    keptItsPromises();
    released("INC-8");
    assertThat(desk.status()).contains("\"mode\":\"hybrid\"");
    assertThat(desk.setting("cloud-settings")).isEqualTo("true");
  }

  @Test
  void theSyncIsOffWhileTheCloudIsAwayAndComesBackByItself() {
    // given
    desk.awaitInCloud(desk.customer("Alan Turing"));
    desk.configures(SOON);
    var triggered = desk.number("triggered");

    // when
    desk.cloudGoes();
    var meanwhile = desk.customer("Edsger Dijkstra");

    // then
    desk.until("failures", () -> desk.number("totalFailed") > 0);
    desk.awaitSync("off", it -> it.state() == SwitchState.Disabled);
    assertThat(desk.status()).contains("\"enabled\":false");
    desk.customer("Barbara Liskov");
    assertThat(desk.number("queueSize")).isGreaterThan(1);
    assertThat(desk.inCloud("id = '%s'", meanwhile)).isZero();

    // when
    desk.cloudComesBack();

    // then
    desk.awaitInCloud(meanwhile);
    desk.awaitSync("on", it -> it.state() == SwitchState.Enabled && it.holders().isEmpty());
    desk.until("all is synced", () -> desk.number("queueSize") == 0);
    assertThat(desk.number("triggered"))
        .as("one sync, for what was missed")
        .isEqualTo(triggered + 1);
    desk.configures("{\"autoDisable\":null}");
  }

  @Test
  void whatThePolicyRefusesIsTakenAgain() {
    // given
    desk.cloud("DROP POLICY sync ON customers");
    desk.elevenFail("Refused");

    // when
    incident
        .runs("INC-81", "\"symptom\":\"PolicyRefuses\"")
        .awaitPhase("INC-81", Phase.Recovered)
        .log("INC-81");

    // then
    assertThat(desk.inCloud("name LIKE 'Refused %%'")).isEqualTo(11);
    assertThat(incident.run().evidence())
        .filteredOn(it -> it.gate().equals("policies") && it.at() == Evidence.Moment.Start)
        .extracting(Evidence::value)
        .containsExactly("1");
  }

  @Test
  void ofDuplicatesTheLatestStays() {
    // given: without its key the cloud has everything twice, and takes nothing from the sync
    var twice = desk.customer("Twice");
    desk.awaitInCloud(twice);
    desk.cloud(
        """
        ALTER TABLE customers DROP CONSTRAINT customers_pkey;
        INSERT INTO customers VALUES ('%s', 'Twice, later', now() + interval '1 minute');
        """
            .formatted(twice));
    desk.elevenFail("Late");

    // when
    incident
        .runs("INC-82", "\"symptom\":\"Duplicates\"")
        .awaitPhase("INC-82", Phase.AwaitingApproval)
        .approvesLevel()
        .awaitPhase("INC-82", Phase.Recovered)
        .log("INC-82");

    // then
    assertThat(desk.cloud("SELECT name FROM customers WHERE id = '%s'".formatted(twice)))
        .isEqualTo("Twice, later");
    assertThat(desk.inCloud("name LIKE 'Late %%'")).isEqualTo(11);
    assertThat(incident.app().backups()).containsPattern("before-duplicates-.*.dump.manifest.json");
  }

  @Test
  void everyLevelSaysWhatItWouldChange() {
    // when
    incident.dryRuns("DRY-8");

    // then
    assertThat(incident.preview("clear-queue"))
        .anyMatch(it -> it.startsWith("Destroys:"))
        .anyMatch(it -> it.contains("is kept, and then cleared"));
    assertThat(incident.preview("weekly")).anyMatch(it -> it.endsWith("runs Backstep's Backup"));
    assertThat(incident.preview("local-only")).anyMatch(it -> it.contains("ENABLE_SUPABASE"));
    incident
        .selects("SyncErrors", "sync-off")
        .selects("QueueGrows", "sync-off", "clear-queue")
        .selects("QueueOverflows", "sync-off", "clear-queue", "more-room")
        .selects("CloudBehind", "resync");
  }

  @Test
  void theDrillOfAQuarterAndTheRestoreThatItIsFor() {
    // given
    var kept = desk.customer("In the backup");
    desk.awaitInCloud(kept);

    // when
    incident
        .runs(
            "DRILL-8",
            "\"mode\":\"%s\",\"levels\":%s".formatted(drill.mode(), json(drill.levels())))
        .awaitPhase("DRILL-8", Phase.Completed)
        .log("DRILL-8");

    // then: all is as before, and the restore is proven
    assertThat(incident.app().backups()).containsPattern("local/nightly-.*.sqlite.manifest.json");
    assertThat(incident.plan().getStatus().drills())
        .extracting(it -> it.action())
        .contains("restore-local", "sync-off");
    var lost = desk.customer("Too late for the backup");
    desk.awaitInCloud(lost);

    // when
    desk.powerCut();
    incident
        .runs("INC-83", "\"symptom\":\"LocalDataDamaged\"")
        .awaitPhase("INC-83", Phase.AwaitingApproval)
        .approvesLevel();
    awaitAction("restore-local");
    awaitAction("keep-cloud");
    incident.awaitPhase("INC-83", Phase.Mitigated);

    // then: the file and the cloud are those of the backup, and what was damaged is kept
    assertThat(incident.app().gets("app", "/api/customers").body())
        .contains(kept)
        .doesNotContain(lost);
    assertThat(desk.inCloud("id = '%s'", kept)).isEqualTo(1);
    assertThat(desk.inCloud("id = '%s'", lost)).isZero();
    assertThat(desk.inCloud("name = 'Test User'")).as("made by a gate").isPositive();
    assertThat(incident.app().backups()).containsPattern("local/before-restore-.*.damaged");
    keptItsPromises();
    released("INC-83");
  }

  private static String json(Collection<String> names) {
    return names.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
  }

  private static void awaitAction(String name) {
    incident.await(
        "action " + name,
        plan ->
            plan.getStatus().run().levels().stream()
                .flatMap(level -> level.actions().stream())
                .anyMatch(
                    it ->
                        it.name().equals(name) && it.outcome() == ActionStatus.Outcome.Succeeded));
  }

  private static void keptItsPromises() {
    assertThat(incident.run().levels()).allSatisfy(HybridSyncE2E::inTime);
  }

  /** From the first thing that it does until the last is done; as the plan promises it. */
  private static void inTime(LevelStatus level) {
    var promised =
        incident.plan().getSpec().levels().stream()
            .filter(it -> it.name().equals(level.name()))
            .findFirst()
            .orElseThrow()
            .budget();
    var actions = level.actions();
    var took =
        Duration.between(actions.get(0).startedAt(), actions.get(actions.size() - 1).endedAt());
    assertThat(took).as(level.name()).isLessThan(Durations.of(promised));
  }

  /** Then the sync is on, and goes on. */
  private static void released(String id) {
    incident.releases(id).log(id);
    desk.until("on", () -> desk.status().contains("\"enabled\":true"));
    assertThat(desk.setting("sync-settings")).isEqualTo("true");
    desk.awaitInCloud(desk.customer("After " + id));
  }
}
