package dev.backstep.runbooks;

import static dev.backstep.runbooks.Incident.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Deployments that fail, one after the other: of the frontend, of the backend, of both with a
 * migration; and data that somebody destroyed. Each time only that is rolled back which the
 * decision matrix names. The usual speed is that of all the time since the test began, so the
 * incident that is measured by it is not the first one.
 */
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostingE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(1);

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final String REGIONS =
      "SELECT count(*) FROM information_schema.columns WHERE table_name = 'clients' AND column_name = 'region'";

  private static final String POLICIES = "SELECT count(*) FROM pg_policies";
  private static final String MESSAGES = "SELECT count(*) FROM chat_messages";
  private static final String NAMES = "SELECT count(*) FROM clients WHERE name <> ''";
  private static final String BROKEN = "backstep.dev/bookings:v2";

  /** A listing of clients by release v2 takes so long at least. */
  private static final Duration SLOW = Duration.ofMillis(2_500);

  private static Incident incident;
  private static ExecutorService user;

  @BeforeAll
  static void open() {
    operator.startWithItsImage();
    incident = Incident.in("hosting");
    sql(
        "INSERT INTO chat_messages (client_id, body) SELECT 1, 'hello' FROM generate_series(1, 50)");
    user = Incident.everySecond(HostingE2E::usesTheApplication);
    incident
        .planned(IntStream.range(0, 4).mapToObj(HostingE2E::never).toArray(String[]::new))
        .proven();
    // From here on nothing becomes stable: a release that is slow looks well for a moment.
    incident.edited(List.of(set("/stable/soak", "\"24h\"")));
  }

  @AfterAll
  static void close() {
    user.shutdownNow();
    incident.close();
  }

  @Test
  @Order(1)
  void aFrontendThatDoesNotStartIsRolledBackAlone() {
    // given
    var backend = generation("backend");

    // when
    deployed("frontend", "*");

    // then
    await().atMost(LIMIT).until(() -> !loads());
    await()
        .atMost(LIMIT)
        .until(() -> logs("frontend"), it -> it.contains("BACKEND_ADDRESS is not set"));

    // when
    seenBy(0, "frontend-does-not-start", Run.Mode.Execute);

    // then
    recovered("hosting-frontend");
    assertThat(incident.outcomes()).isEqualTo("frontend Healthy");
    assertThat(loads()).isTrue();
    assertThat(generation("backend")).isEqualTo(backend);
  }

  /**
   * It does not start, which one trigger sees, since it has no database, which another one sees.
   */
  @Test
  @Order(2)
  void aBackendWithoutItsDatabaseIsRolledBackAlone() {
    // given
    var frontend = generation("frontend");

    // when: a release looks for its data in the wrong place
    incident
        .shop()
        .kubectl("set", "env", "deployment/backend", "-c", "backend", "PGDATABASE=elsewhere")
        .orThrow();

    // then
    await().atMost(LIMIT).until(() -> logs("backend"), it -> it.contains("elsewhere"));
    await().atMost(LIMIT).until(() -> !answersHealthy());

    // when: one trigger is there to show what it would do
    seenBy(1, "backend-does-not-start", Run.Mode.DryRun);

    // then
    incident.awaitPhase(incident.run().id(), Phase.Completed);
    assertThat(incident.preview("backend")).anyMatch(it -> it.startsWith("Deployment backend"));
    assertThat(answersHealthy()).isFalse();

    // when
    seenBy(2, "no-database", Run.Mode.Execute);

    // then
    recovered("hosting-no-database");
    assertThat(incident.run().symptom()).isEqualTo("ApiError");
    assertThat(incident.outcomes()).isEqualTo("backend Healthy");
    assertThat(answersHealthy()).isTrue();
    assertThat(generation("frontend")).isEqualTo(frontend);
  }

  @Test
  @Order(3)
  void aBackendThatIsSlowerByHalfIsRolledBackAlone() {
    // given
    var frontend = generation("frontend");
    answersSlowly(false);

    // when: the code is out, and its migration is not yet
    deployed("backend", "backend");
    incident.shop().rolledOut("backend");

    // then
    answersSlowly(true);

    // when: nobody but Prometheus complains
    seenBy(3, "slow", Run.Mode.Execute);

    // then
    recovered("hosting-backend");
    assertThat(incident.run().symptom()).isEqualTo("Performance");
    assertThat(notification()).contains("**Issue**: seen by trigger:slow", "**ETA**: 4h after");
    assertThat(incident.outcomes()).isEqualTo("backend Healthy");
    answersSlowly(false);
    assertThat(generation("frontend")).isEqualTo(frontend);
  }

  @Test
  @Order(4)
  void aFullRollbackAsksBeforeItTouchesTheData() {
    // given
    var clients = Integer.parseInt(sql(NAMES));
    deployed("frontend", "*");
    deployed("backend", "*");
    incident.shop().rolledOut("backend");
    await().atMost(LIMIT).until(() -> !loads());
    answersSlowly(true);

    // when
    incident.asks("run.yaml").awaitApproval("INC-40", "migration");

    // then: both releases are those before, which is not enough, and the data is as it was
    assertThat(incident.outcomes()).isEqualTo("full Unhealthy");
    assertThat(loads()).isTrue();
    assertThat(created()).isEqualTo(500);
    assertThat(sql(REGIONS) + sql(POLICIES)).isEqualTo("11");
    assertThat(incident.condition(ConditionTypes.AWAITING_APPROVAL))
        .contains("backup: the database is backed up into", "migration-045: Destroys");
    assertThat(notification())
        .contains("ROLLBACK IN PROGRESS", "The page of clients does not load")
        .contains("**Affected Systems**: full, migration, restore", "**Started At**: 20")
        .contains("**ETA**: 30m after that", "**Status**: In Progress")
        .contains("- [x] full: Unhealthy", "- [ ] migration", "- [ ] Verification complete");

    // when
    incident.approvesLevel();

    // then
    recovered("hosting-full");
    assertThat(incident.outcomes()).isEqualTo("full Unhealthy, migration Healthy");
    assertThat(sql(REGIONS) + sql(POLICIES)).isEqualTo("00");
    assertThat(created()).isEqualTo(201);
    assertThat(Integer.parseInt(sql(NAMES))).isGreaterThan(clients);
    assertThat(incident.run().evidence())
        .anyMatch(it -> it.gate().equals("messages-kept") && it.value().equals("50"));
    assertThat(incident.app().backups())
        .contains("bookings/before-migration-", ".dump.manifest.json");
    assertThat(notification())
        .contains("**Status**: Completed (Recovered)", "- [x] Verification complete");
  }

  @Test
  @Order(5)
  void dataThatWasDestroyedComesFromTheLastBackup() {
    // given
    incident.asks("release-run.yaml").awaitPhase("REL-1", Phase.Completed);
    var releases = generation("frontend");
    sql("DELETE FROM chat_messages; UPDATE clients SET name = ''");
    assertThat(incident.app().gets("frontend", "/api/crm/clients").body()).doesNotContain("Test");

    // when
    incident
        .runs("INC-41", "\"symptom\":\"DataCorruption\"")
        .awaitPhase("INC-41", Phase.AwaitingApproval);

    // then
    assertThat(sql(MESSAGES)).isEqualTo("0");

    // when
    incident.approvesLevel();

    // then
    recovered("hosting-database");
    assertThat(incident.outcomes()).isEqualTo("restore Healthy");
    assertThat(sql(MESSAGES)).isEqualTo("50");
    assertThat(incident.app().gets("frontend", "/api/crm/clients").body()).contains("Test");
    assertThat(incident.app().backups()).contains("bookings/before-restore-");
    assertThat(generation("frontend")).isEqualTo(releases);
  }

  @Test
  @Order(6)
  void everyLevelSaysWhatItWouldChange() {
    incident.dryRuns("DRY-40");
    assertThat(incident.preview("restore"))
        .anyMatch(
            it -> it.startsWith("the newest backup bookings/nightly-... from volume backups"));
    incident
        .selects("UiBug", "frontend")
        .selects("AuthIssues", "backend", "frontend")
        .selects("SecurityIssue", "full", "migration", "restore");
  }

  private static String sql(String statement) {
    return incident.app().sql("bookings", statement);
  }

  private static void deployed(String deployment, String containers) {
    incident
        .shop()
        .kubectl("set", "image", "deployment/" + deployment, containers + "=" + BROKEN)
        .orThrow();
  }

  /** From now on this trigger does not wait for long, until it has started a run. */
  private static void seenBy(int trigger, String name, Run.Mode mode) {
    incident
        .edited(
            List.of(
                failingFor(trigger, "5s"),
                set("/triggers/%d/mode".formatted(trigger), "\"%s\"".formatted(mode)),
                set("/triggers/%d/cooldown".formatted(trigger), "\"1s\"")))
        .await(
            "a run of trigger " + name,
            plan -> {
              var run = plan.getStatus().run();
              return run != null && run.requestedBy().equals("trigger:" + name);
            })
        .edited(List.of(never(trigger)));
  }

  private static String never(int trigger) {
    return failingFor(trigger, "24h");
  }

  private static String failingFor(int trigger, String time) {
    return set("/triggers/%d/failingFor".formatted(trigger), "\"%s\"".formatted(time));
  }

  /** The run ends well, once a human has used the application and says so. */
  private static void recovered(String log) {
    incident.awaitItem("browser").says("browser");
    incident.awaitPhase(incident.run().id(), Phase.Recovered);
    incident.log(log);
  }

  /** Whether the page loads for somebody who opens it now. */
  private static boolean loads() {
    return incident
        .app()
        .answer("frontend", "/")
        .filter(it -> it.body().contains("Clients"))
        .isPresent();
  }

  private static boolean answersHealthy() {
    return incident
        .app()
        .answer("backend", "/api/health")
        .filter(it -> it.statusCode() == 200)
        .isPresent();
  }

  /** Waits until who lists the clients has to wait, or has not. */
  private static void answersSlowly(boolean slowly) {
    await()
        .atMost(LIMIT)
        .ignoreException(NoSuchElementException.class)
        .until(() -> took().compareTo(SLOW) >= 0, slow -> slow == slowly);
  }

  private static Duration took() {
    var began = System.nanoTime();
    incident
        .app()
        .answer("backend", "/api/crm/clients")
        .filter(it -> it.statusCode() == 200)
        .orElseThrow();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static int created() {
    return incident.app().posts("backend", "/api/crm/clients", "{\"name\": \"Ada\"}").statusCode();
  }

  private static void usesTheApplication() {
    incident.app().answer("backend", "/api/crm/clients");
  }

  private static String logs(String deployment) {
    return incident.shop().kubectl("logs", "deployment/" + deployment).stdout();
  }

  private static long generation(String deployment) {
    return incident.shop().deployment(deployment).getMetadata().getGeneration();
  }

  private static String notification() {
    return incident.filledIn("samples/hosting/notification.tmpl");
  }
}
