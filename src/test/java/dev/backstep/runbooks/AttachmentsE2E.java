package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.TestOperator;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A release shows no media of older messages, which takes no more than the frontend of before; then
 * its backfill loses them all, and only the backup has them still.
 */
@Order(1)
class AttachmentsE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(1);

  private static final String MESSAGES =
      """
      INSERT INTO messages (conversation_id, type, content, media_url) VALUES
        (1, 'text', 'Is this your boat?', NULL),
        (1, 'image', 'The boat', 'https://media.example.com/boat.jpg'),
        (1, 'video', 'The way to it', 'https://media.example.com/way.mp4');
      """;

  /** What somebody sends with the new release. */
  private static final String ATTACHED =
      """
      INSERT INTO messages (conversation_id, content, replied_to_message_id, attachments)
      VALUES (2, 'The key', 1, '[{"source": "upload", "url": "https://media.example.com/key.jpg"}]')
      """;

  private static final String SOURCES =
      "SELECT string_agg(a->>'source', ', ' ORDER BY id) FROM messages, jsonb_array_elements(attachments) a";

  private static final String COLUMNS =
      "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'messages'";

  private static final String OLD_COLUMNS =
      "id, conversation_id, type, content, media_url, updated_at";

  @BeforeAll
  static void start() {
    operator.startWithItsImage();
  }

  @Test
  void firstTheFrontendThenAllThenTheBackup() throws SQLException {
    try (var incident = Incident.in("attachments")) {
      // given: a release that works, is known to, and has its backup
      incident.app().sql("bookings", MESSAGES);
      incident.planned().proven();
      assertThat(page(incident)).contains("boat.jpg", "way.mp4").doesNotContain("unavailable");
      incident.asks("release-run.yaml").awaitPhase("REL-2", Phase.Completed);
      assertThat(incident.app().backups())
          .contains("before-attachments-backfill-", ".manifest.json");

      // when: the new one is out
      release(incident, "backend", "frontend");
      var released = Instant.now().truncatedTo(ChronoUnit.SECONDS);

      // then: it does what the runbook says
      awaitUnavailable(incident);
      assertThat(messages(incident)).contains("\"mediaUrl\":\"https://media.example.com/boat.jpg");
      assertThat(incident.app().sql("bookings", COLUMNS))
          .contains("replied_to_message_id, attachments");
      everyLevelSaysWhatItWouldChange(incident);
      isItSlow(incident);

      // quick: the backend stays
      incident.asks("run.yaml").awaitItem("browser").says("browser");
      incident.awaitPhase("INC-50", Phase.Recovered);
      assertThat(incident.outcomes()).isEqualTo("frontend Healthy");
      assertThat(page(incident)).contains("boat.jpg", "way.mp4").doesNotContain("unavailable");
      assertThat(incident.shop().image("frontend")).endsWith(":v1");
      assertThat(incident.shop().image("backend")).endsWith(":v2");
      assertThat(incident.log("attachments-quick")).contains("frontend", "Recovered");

      // when: somebody thinks that the backfill was missing
      incident.app().sql("bookings", ATTACHED);
      release(incident, "frontend");
      incident
          .shop()
          .kubectl("exec", "deployment/backend", "--", "/bookings", "backfill")
          .orThrow();

      // then: the media is gone
      awaitUnavailable(incident);
      assertThat(messages(incident)).doesNotContain("mediaUrl");
      whatElseMayBeSeen(incident);
      full(incident, released);
    }
  }

  private static void everyLevelSaysWhatItWouldChange(Incident incident) {
    incident.dryRuns("DRY-50");
    assertThat(incident.preview("frontend")).anyMatch(it -> it.contains("bookings:v1"));
    assertThat(incident.preview("clear-backfill")).anyMatch(it -> it.contains("replicas: 1 -> 0"));
    assertThat(incident.preview("drop-columns")).anyMatch(it -> it.startsWith("Destroys:"));
  }

  /** Whoever thinks that it is slow watches it for an hour before anything is dropped. */
  private static void isItSlow(Incident incident) {
    incident
        .runs("INC-49", "\"symptom\":\"PerformanceIssues\"")
        .await("an hour of watching", AttachmentsE2E::isOnlyWatched)
        .aborts("INC-49");
    assertThat(incident.outcomes()).isEmpty();
  }

  /** It is red, which would have been reason enough for three seconds. */
  private static boolean isOnlyWatched(RollbackPlan plan) {
    var run = plan.getStatus().run();
    var red =
        plan.getStatus().conditions().stream()
            .anyMatch(it -> it.getType().equals("Healthy") && it.getStatus().equals("False"));
    return run.id().equals("INC-49")
        && run.phase() == Phase.Checking
        && red
        && Duration.between(run.phaseSince(), Instant.now()).toSeconds() >= 6;
  }

  /**
   * The rest of the matrix: what it would begin with, and nothing is touched before somebody
   * agrees.
   */
  private static void whatElseMayBeSeen(Incident incident) {
    incident
        .runs("INC-52", "\"symptom\":\"SomeMediaMissing\"")
        .awaitQuestion("INC-52", Reasons.CONFIRM);
    assertThat(incident.run().question().message())
        .contains("level clear-backfill is a maybe", "Call: On-call engineer");
    incident.aborts("INC-52");
    firstAsksFor(incident, "INC-53", "BackendErrors", "drop-columns");
    firstAsksFor(incident, "INC-54", "DataCorruption", "restore");
    incident
        .runs("INC-55", "\"symptom\":\"AllMediaMissing\",\"mode\":\"DryRun\"")
        .awaitPhase("INC-55", Phase.Completed);
    assertThat(incident.run().levels())
        .extracting(LevelStatus::name)
        .containsExactly("clear-backfill", "drop-columns", "restore");
    assertThat(incident.shop().image("backend")).endsWith(":v2");
  }

  private static void firstAsksFor(Incident incident, String id, String symptom, String level) {
    incident
        .runs(id, "\"symptom\":\"%s\"".formatted(symptom))
        .awaitPhase(id, Phase.AwaitingApproval);
    assertThat(incident.run().approval().level()).isEqualTo(level);
    incident.aborts(id);
  }

  /**
   * The frontend of before has nothing to show, so everything goes back, and more at each level.
   */
  private static void full(Incident incident, Instant since) throws SQLException {
    // when
    incident.runs("INC-51", "\"symptom\":\"FrontendErrors\",\"since\":\"%s\"".formatted(since));

    // then: what the backfill wrote is gone, and what was attached is not
    incident.awaitApproval("INC-51", "drop-columns");
    assertThat(incident.outcomes()).isEqualTo("frontend Precondition, clear-backfill Unhealthy");
    assertThat(incident.app().sql("bookings", SOURCES)).isEqualTo("upload");
    assertThat(incident.shop().image("backend")).endsWith(":v1");
    assertThat(incident.app().backups()).contains("before-rollback-");

    // the columns go, though somebody looks at them all the time
    try (var somebody = reading(incident)) {
      incident.approvesLevel().awaitApproval("INC-51", "restore");
      assertThat(somebody.isValid(5)).as("the session in the way is still there").isFalse();
    }
    assertThat(incident.app().sql("bookings", COLUMNS)).isEqualTo(OLD_COLUMNS);
    assertThat(messages(incident)).doesNotContain("mediaUrl", "attachments");

    // the backup has it all
    incident.approvesLevel().awaitItem("browser").says("browser");
    incident.awaitPhase("INC-51", Phase.Recovered);
    assertThat(incident.outcomes())
        .endsWith("clear-backfill Unhealthy, drop-columns Unhealthy, restore Healthy");
    assertThat(page(incident)).contains("boat.jpg", "way.mp4").doesNotContain("unavailable");
    assertThat(messages(incident)).contains("\"mediaUrl\"").doesNotContain("attachments");
    assertThat(incident.app().sql("bookings", COLUMNS)).isEqualTo(OLD_COLUMNS);
    assertThat(incident.app().backups()).contains("before-restore-");
    assertThat(incident.shop().image("frontend")).endsWith(":v1");
    assertThat(incident.run().missed()).noneMatch(it -> it.startsWith("level"));
    assertThat(incident.log("attachments-full"))
        .contains("off-to-restore", "Recovered")
        .doesNotContain("Does not count");
  }

  /** A session that keeps the table from being altered, as an open psql does. */
  private static Connection reading(Incident incident) throws SQLException {
    var session = incident.app().session("bookings");
    session.setAutoCommit(false);
    try (var query = session.createStatement()) {
      query.execute("SELECT attachments FROM messages");
    }
    return session;
  }

  private static void release(Incident incident, String... names) {
    for (var name : names) {
      incident
          .shop()
          .kubectl("set", "image", "deployment/" + name, "*=backstep.dev/bookings:v2")
          .orThrow();
    }
    List.of(names).forEach(incident.shop()::rolledOut);
  }

  /** Pods of the release before may answer for a moment more. */
  private static void awaitUnavailable(Incident incident) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(page(incident))
                    .contains("Content unavailable")
                    .doesNotContain("boat.jpg"));
  }

  private static String page(Incident incident) {
    return incident.app().gets("frontend", "/conversations/1").body();
  }

  private static String messages(Incident incident) {
    return incident.app().gets("backend", "/api/messaging/conversations/1/messages").body();
  }
}
