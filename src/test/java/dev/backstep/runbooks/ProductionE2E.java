package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.TestOperator;
import org.awaitility.Awaitility;
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

  private static final String DATA =
      """
      INSERT INTO ai_consent VALUES (1, 5), (2, 3), (3, 0), (4, 12);
      INSERT INTO feed_items SELECT n FROM generate_series(1, 30) n;
      """;

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

  private static Incident incident;

  @BeforeAll
  static void open() {
    incident = Incident.in("production");
    incident.sql("bookings", DATA);
    incident.planned();
    incident.await("healthy gates", it -> incident.condition("Healthy").startsWith("True"));
  }

  @AfterAll
  static void close() {
    incident.close();
  }

  private static String sql(String statement) {
    return incident.sql("bookings", statement);
  }

  private static int number(String query) {
    return Integer.parseInt(sql(query));
  }

  /** The run that a symptom asks for, until a human has used the application and says so. */
  private static void mitigated(String id, String symptom) {
    incident
        .runs(id, "\"symptom\":\"%s\"".formatted(symptom))
        .awaitItem("features-work")
        .says("features-work")
        .awaitPhase(id, Phase.Mitigated);
  }

  private static void released(String id) {
    incident
        .steers("{\"state\":\"Released\",\"stateBy\":\"you@example.com\"}")
        .awaitPhase(id, Phase.Released);
    incident.log(id);
  }

  /** One of the levels that help as well, for its own sake. */
  private static void carriedOut(String id, String level) {
    incident
        .runs(id, "\"levels\":[\"%s\"],\"entry\":\"Always\"".formatted(level))
        .awaitItem("features-work")
        .says("features-work");
  }

  @Test
  void deadLettersStopAndJobsThatWaitedAreDone() {
    // given: a job that fails comes back at once, and each time it is a dead letter
    var function = sql(FUNCTION.formatted("worker_fail_job"));
    sql(
        """
        CREATE OR REPLACE FUNCTION worker_fail_job(p_job_id uuid, p_error text) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        BEGIN
          UPDATE worker_jobs SET status = 'pending', next_run_at = now() WHERE id = p_job_id;
          INSERT INTO dead_letter_queue (job_id, error) VALUES (p_job_id, p_error);
        END $$;
        INSERT INTO worker_jobs (kind) SELECT 'poison' FROM generate_series(1, 20);
        INSERT INTO worker_jobs (kind, status) VALUES ('mail', 'paused');
        INSERT INTO worker_jobs (kind, status, started_at) VALUES ('mail', 'running', now() - interval '1 hour');
        INSERT INTO worker_jobs (kind, next_run_at) VALUES ('mail', now() + interval '1 hour');
        """);
    var broken = sql(FUNCTION.formatted("worker_fail_job"));
    Awaitility.await().until(() -> number("SELECT count(*) FROM dead_letter_queue") > 100);

    // when
    mitigated("INC-30", "WorkersFailing");

    // then
    assertThat(incident.outcomes()).isEqualTo("pause-jobs Healthy, fail-simply Healthy");
    assertThat(number(OPEN)).isZero();
    assertThat(
            sql(
                "SELECT string_agg(status, ', ' ORDER BY status) FROM worker_jobs WHERE kind = 'mail'"))
        .isEqualTo("failed, paused, paused");
    var letters = number("SELECT count(*) FROM dead_letter_queue");
    sql("INSERT INTO worker_jobs (kind) VALUES ('poison')");
    Awaitility.await("a worker to fail, or the next read-back").until(() -> number(OPEN) == 0);
    assertThat(number("SELECT count(*) FROM dead_letter_queue")).isEqualTo(letters);

    // when
    sql("DELETE FROM worker_jobs WHERE kind = 'poison'");
    released("INC-30");

    // then
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(sql("SELECT string_agg(status, ', ' ORDER BY status) FROM worker_jobs"))
                    .isEqualTo("done, failed, paused"));
    assertThat(sql(FUNCTION.formatted("worker_fail_job"))).isEqualTo(broken).isNotEqualTo(function);
  }

  @Test
  void nobodyIsFloodedAndEachCapIsAsItWas() {
    // given: each notification is delivered twenty times
    sql(
        """
        CREATE OR REPLACE FUNCTION deliver() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO deliveries (user_id, channel, title)
          SELECT NEW.user_id, TG_ARGV[0], NEW.title FROM generate_series(1, 20);
          RETURN NULL;
        END $$
        """);
    var triggers = sql(TRIGGERS.formatted("notifications"));
    var caps = sql(CAPS);
    var function = sql(FUNCTION.formatted("notif_send"));
    var sale = "{\"user\": 4, \"title\": \"sale\"}";
    var mailing = Incident.everySecond(() -> incident.posts("web", "/api/notifications", sale));
    try {
      Awaitility.await().until(() -> number("SELECT count(*) FROM deliveries") > 12);

      // when
      mitigated("INC-31", "NotificationSpam");

      // then
      assertThat(incident.outcomes()).isEqualTo("triggers-off Healthy");
      var delivered = number("SELECT count(*) FROM deliveries");
      incident.posts("web", "/api/notifications", "{\"user\": 2, \"title\": \"sale\"}");
      assertThat(number("SELECT count(*) FROM deliveries")).isEqualTo(delivered);
    } finally {
      mailing.shutdownNow();
    }
    released("INC-31");
    assertThat(sql(TRIGGERS.formatted("notifications")))
        .isEqualTo(triggers)
        .contains("by_email O", "by_sms D");

    // when: what else stops them
    carriedOut("INC-32", "caps-zero");
    incident.awaitPhase("INC-32", Phase.Mitigated);
    assertThat(sql(CAPS)).isEqualTo("1:0 2:0 3:0 4:0");
    released("INC-32");
    carriedOut("INC-33", "send-nothing");
    incident.awaitPhase("INC-33", Phase.Mitigated);
    assertThat(sql("SELECT notif_send(1, 'sale', 'once') IS NULL")).isEqualTo("t");
    released("INC-33");

    // then
    assertThat(sql(CAPS)).isEqualTo(caps).isEqualTo("1:5 2:3 3:0 4:12");
    assertThat(sql(FUNCTION.formatted("notif_send"))).isEqualTo(function);
  }

  @Test
  void theFeedIsEmptyInsteadOfRepeatingItself() {
    // given
    sql(
        """
        CREATE OR REPLACE FUNCTION feed_fusion_home(p_tab text, p_limit int DEFAULT 100) RETURNS TABLE (item_id int)
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
        BEGIN
          RETURN QUERY SELECT id FROM feed_items, generate_series(1, 2) ORDER BY created_at DESC LIMIT p_limit;
        END $$
        """);
    var function = sql(FUNCTION.formatted("feed_fusion_home"));
    assertThat(incident.gets("web", "/api/feed?user=2").body()).matches("(?s).*\\b30,.*\\b30\\b.*");

    // when
    mitigated("INC-34", "FeedDuplicates");

    // then
    assertThat(incident.gets("web", "/api/feed?user=2").body()).startsWith("[]");
    released("INC-34");
    assertThat(sql(FUNCTION.formatted("feed_fusion_home"))).isEqualTo(function);
  }

  @Test
  void theLedgerIsTheSumOfItsEvents() {
    // given: every event counts twice
    sql(
        "CREATE TRIGGER again AFTER INSERT ON earnings_events FOR EACH ROW EXECUTE FUNCTION earnings_add()");
    var triggers = sql(TRIGGERS.formatted("earnings_events"));
    incident.posts("web", "/api/earnings", "{\"user\": 1, \"cents\": 350}");
    assertThat(sql(LEDGER)).isEqualTo("700");

    // when
    mitigated("INC-35", "LedgerWrong");

    // then
    assertThat(sql(LEDGER)).isEqualTo("350");
    assertThat(sql(TRIGGERS.formatted("earnings_events"))).isEqualTo("again D, ledger D");
    released("INC-35");
    assertThat(sql(TRIGGERS.formatted("earnings_events"))).isEqualTo(triggers);
  }

  @Test
  void usersAreNotSlowedDown() {
    // given
    sql(
        "UPDATE rate_limit_configs SET \"limit\" = 1000 WHERE scope = 'api.user'; INSERT INTO rate_limit_counters VALUES ('api.user:1', 1500)");
    var limits = sql(LIMITS);
    assertThat(incident.gets("web", "/api/feed?user=1").statusCode()).isEqualTo(429);

    // when
    mitigated("INC-36", "RateLimited");

    // then
    assertThat(incident.gets("web", "/api/feed?user=1").statusCode()).isEqualTo(200);
    assertThat(sql(LIMITS)).isEqualTo("api.user 2000, ip 10000, user.search 100");
    released("INC-36");
    assertThat(sql(LIMITS)).isEqualTo(limits);

    // when: for emergencies
    carriedOut("INC-37", "empty-counters");

    // then
    incident.awaitPhase("INC-37", Phase.Recovered);
    assertThat(incident.gets("web", "/api/feed?user=1").statusCode()).isEqualTo(200);
  }

  @Test
  void everyLevelSaysWhatItWouldChange() {
    incident.dryRuns("DRY-30");

    incident.log("DRY-30");
    assertThat(incident.run().levels())
        .allSatisfy(level -> assertThat(incident.preview(level.name())).isNotEmpty());
  }
}
