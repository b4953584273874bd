package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Five incidents that a database makes by its functions and triggers. Each really harms the users
 * of the application first; then its harm stops, and after the run all is exactly as it was before.
 */
@Order(1)
class ProductionE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(1);

  private static final String CAPS =
      "SELECT string_agg(user_id || ':' || frequency_cap, ' ' ORDER BY user_id) FROM ai_consent";

  private static final String TRIGGERS =
      "SELECT string_agg(tgname || ' ' || tgenabled::text, ', ' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = '%s'::regclass AND NOT tgisinternal";

  private static final String FUNCTION = "SELECT md5(pg_get_functiondef('%s'::regproc))";
  private static final String OPEN =
      "SELECT count(*) FROM worker_jobs WHERE status IN ('pending', 'running')";

  private static final String LEDGER = "SELECT total_earned_cents FROM earnings_ledger";
  private static final String LIMITS =
      "SELECT string_agg(scope || ' ' || \"limit\", ', ' ORDER BY scope) FROM rate_limit_configs";

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static Incident incident;

  @BeforeAll
  static void open() {
    incident = Incident.in("production");
    incident.happens("users").planned();
    incident.await("healthy gates", it -> incident.condition("Healthy").startsWith("True"));
  }

  @AfterAll
  static void close() {
    incident.close();
  }

  private static String sql(String statement) {
    return incident.app().sql("bookings", statement);
  }

  private static int number(String query) {
    return Integer.parseInt(sql(query));
  }

  /** The run that a symptom asks for, until a human has used the application and says so. */
  private static void mitigated(String id, String symptom) {
    asked(id, symptom);
    mitigated(id);
  }

  private static void asked(String id, String symptom) {
    incident.runs(id, "\"symptom\":\"%s\"".formatted(symptom));
  }

  private static void mitigated(String id) {
    incident.awaitItem("features-work").says("features-work").awaitPhase(id, Phase.Mitigated);
  }

  /** Whoever used the application after a level is not content: the next level follows. */
  private static void doesNotHelp(String level) {
    incident.awaitItem("features-work", level).says("features-work", Decision.Reject);
  }

  private static void released(String id) {
    incident.releases(id).log(id);
  }

  @Test
  void deadLettersStopAndJobsThatWaitedAreDone() {
    // given: a job that fails comes back at once, and each time it is a dead letter
    var function = sql(FUNCTION.formatted("worker_fail_job"));
    incident.happens("WorkersFailing");
    var broken = sql(FUNCTION.formatted("worker_fail_job"));
    await().atMost(LIMIT).until(() -> number("SELECT count(*) FROM dead_letter_queue") > 100);

    // when
    incident.asks("run.yaml");
    mitigated("INC-30");

    // then
    assertThat(incident.outcomes()).isEqualTo("pause-jobs Healthy, fail-simply Healthy");
    assertThat(number(OPEN)).isZero();
    assertThat(
            sql(
                "SELECT string_agg(status, ', ' ORDER BY status) FROM worker_jobs WHERE kind = 'mail'"))
        .isEqualTo("failed, paused, paused");
    var letters = number("SELECT count(*) FROM dead_letter_queue");
    sql("INSERT INTO worker_jobs (kind) VALUES ('poison')");
    await("a worker to fail, or the next read-back").atMost(LIMIT).until(() -> number(OPEN) == 0);
    assertThat(number("SELECT count(*) FROM dead_letter_queue")).isEqualTo(letters);

    // when: somebody has looked at the dead letters, and mended what made them
    assertThat(letters).isGreaterThan(100);
    sql("DELETE FROM worker_jobs WHERE kind = 'poison'; DELETE FROM dead_letter_queue");
    released("INC-30");

    // then
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(sql("SELECT string_agg(status, ', ' ORDER BY status) FROM worker_jobs"))
                    .isEqualTo("done, failed, paused"));
    assertThat(sql(FUNCTION.formatted("worker_fail_job"))).isEqualTo(broken).isNotEqualTo(function);
  }

  @Test
  void nobodyIsFloodedAndEachCapIsAsItWas() {
    // given: each notification is delivered twenty times
    incident.happens("NotificationSpam");
    var triggers = sql(TRIGGERS.formatted("notifications"));
    var caps = sql(CAPS);
    var function = sql(FUNCTION.formatted("notif_send"));
    var sale = "{\"user\": 4, \"title\": \"sale\"}";
    var mailing =
        Incident.everySecond(() -> incident.app().posts("web", "/api/notifications", sale));
    try {
      await().atMost(LIMIT).until(() -> number("SELECT count(*) FROM deliveries") > 12);

      // when
      asked("INC-31", "NotificationSpam");
      incident.awaitItem("features-work", "triggers-off");

      // then
      var delivered = number("SELECT count(*) FROM deliveries");
      incident.app().posts("web", "/api/notifications", "{\"user\": 2, \"title\": \"sale\"}");
      assertThat(number("SELECT count(*) FROM deliveries")).isEqualTo(delivered);
    } finally {
      mailing.shutdownNow();
    }

    // when: that is not enough, and neither is what follows
    doesNotHelp("triggers-off");
    incident.awaitItem("features-work", "caps-zero");
    assertThat(sql(CAPS)).isEqualTo("1:0 2:0 3:0 4:0");
    doesNotHelp("caps-zero");
    incident.awaitItem("features-work", "send-nothing");
    mitigated("INC-31");

    // then
    assertThat(incident.outcomes())
        .isEqualTo("triggers-off Unhealthy, caps-zero Unhealthy, send-nothing Healthy");
    sql("UPDATE ai_consent SET frequency_cap = 1 WHERE user_id = 3");
    assertThat(sql("SELECT notif_send(3, 'sale', 'once')")).isEmpty();
    sql("UPDATE ai_consent SET frequency_cap = 0 WHERE user_id = 3");

    // when
    released("INC-31");

    // then
    assertThat(sql(TRIGGERS.formatted("notifications")))
        .isEqualTo(triggers)
        .contains("by_email O", "by_sms D");
    assertThat(sql(CAPS)).isEqualTo(caps).isEqualTo("1:5 2:3 3:0 4:12");
    assertThat(sql(FUNCTION.formatted("notif_send"))).isEqualTo(function);
  }

  @Test
  void theFeedIsEmptyInsteadOfRepeatingItself() {
    // given
    incident.happens("FeedDuplicates");
    var function = sql(FUNCTION.formatted("feed_fusion_home"));
    assertThat(incident.app().gets("web", "/api/feed?user=2").body())
        .matches("(?s).*\\b30,.*\\b30\\b.*");

    // when
    mitigated("INC-34", "FeedDuplicates");

    // then
    assertThat(incident.app().gets("web", "/api/feed?user=2").body()).startsWith("[]");
    released("INC-34");
    assertThat(sql(FUNCTION.formatted("feed_fusion_home"))).isEqualTo(function);
  }

  @Test
  void theLedgerIsTheSumOfItsEvents() {
    // given: every event counts twice
    incident.happens("LedgerWrong");
    var triggers = sql(TRIGGERS.formatted("earnings_events"));
    assertThat(sql(LEDGER)).isEqualTo("700");

    // when
    mitigated("INC-35", "LedgerWrong");

    // then
    assertThat(sql(LEDGER)).isEqualTo("350");
    assertThat(sql(TRIGGERS.formatted("earnings_events"))).isEqualTo("again D, ledger D");
    incident.app().posts("web", "/api/earnings", "{\"user\": 1, \"cents\": 100}");
    assertThat(sql(LEDGER)).as("locked").isEqualTo("350");

    // when
    released("INC-35");

    // then: nothing is missing that came meanwhile
    assertThat(sql(TRIGGERS.formatted("earnings_events"))).isEqualTo(triggers);
    assertThat(sql(LEDGER)).isEqualTo("450");
  }

  @Test
  void usersAreNotSlowedDown() {
    // given
    incident.happens("RateLimited");
    var limits = sql(LIMITS);
    assertThat(incident.app().gets("web", "/api/feed?user=1").statusCode()).isEqualTo(429);

    // when
    asked("INC-36", "RateLimited");
    incident.awaitItem("features-work", "double-limits");

    // then
    assertThat(incident.app().gets("web", "/api/feed?user=1").statusCode()).isEqualTo(200);
    assertThat(sql(LIMITS)).isEqualTo("api.user 2000, ip 10000, user.search 100");

    // when: some are slowed down all the same
    doesNotHelp("double-limits");
    incident.awaitQuestion("INC-36", Reasons.CONFIRM);
    assertThat(incident.run().question().message()).contains("Call: On-call engineer");
    assertThat(number("SELECT max(hits) FROM rate_limit_counters")).isGreaterThan(1000);
    incident.answers("Proceed");
    mitigated("INC-36");

    // then
    assertThat(incident.outcomes()).isEqualTo("double-limits Unhealthy, empty-counters Healthy");
    assertThat(number("SELECT coalesce(max(hits), 0) FROM rate_limit_counters")).isLessThan(1000);
    released("INC-36");
    assertThat(sql(LIMITS)).isEqualTo(limits);
    assertThat(incident.app().gets("web", "/api/feed?user=1").statusCode()).isEqualTo(200);
  }

  @Test
  void everyLevelSaysWhatItWouldChange() {
    incident.dryRuns("DRY-30");
  }
}
