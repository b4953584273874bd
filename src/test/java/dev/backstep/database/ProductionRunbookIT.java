package dev.backstep.database;

import static dev.backstep.database.SqlEffects.mark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.action.DisableTriggers.Triggers;
import dev.backstep.api.v1alpha1.action.ReplaceFunctions.Function;
import dev.backstep.database.SqlEffects.Action;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Work;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a team's runbook did to its production database by hand, with tables as theirs: there,
 * resuming set every cap to 5, turned every trigger on, and made one function of all its versions.
 */
class ProductionRunbookIT {
  private static final String PENDING = "status = 'pending'";
  private static final List<String> ID = List.of("id");

  private final SqlEffects effects = new SqlEffects();

  @BeforeEach
  void fill() {
    effects
        .database()
        .has(
            """
            CREATE TABLE worker_jobs (id int PRIMARY KEY, status text, error text,
              started_at timestamptz, updated_at timestamptz, next_run_at timestamptz);
            INSERT INTO worker_jobs VALUES
              (1, 'pending', NULL, NULL, '2026-01-01', '2026-01-02'),
              (2, 'pending', NULL, NULL, '2026-01-01', '2026-01-03'),
              (3, 'paused', NULL, NULL, '2026-01-01', NULL),
              (4, 'running', NULL, now() - interval '1 hour', '2026-01-01', NULL),
              (5, 'running', NULL, now() - interval '1 minute', '2026-01-01', NULL);
            CREATE FUNCTION worker_fail_job(p_job_id int, p_error text) RETURNS void
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
            BEGIN
              -- tries three times; "later" means 2^n minutes
              UPDATE worker_jobs SET status = 'pending', error = p_error WHERE id = p_job_id;
            END $$;

            CREATE TABLE ai_consent (user_id int PRIMARY KEY, frequency_cap int NOT NULL);
            INSERT INTO ai_consent VALUES (1, 5), (2, 3), (3, 0), (4, 12);
            CREATE TABLE notifications (id int PRIMARY KEY, sent boolean DEFAULT false);
            CREATE FUNCTION notify() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN NEW.sent = true; RETURN NEW; END $$;
            CREATE TRIGGER by_email BEFORE INSERT ON notifications FOR EACH ROW
              EXECUTE FUNCTION notify();
            CREATE TRIGGER by_sms BEFORE INSERT ON notifications FOR EACH ROW
              EXECUTE FUNCTION notify();
            ALTER TABLE notifications DISABLE TRIGGER by_sms;

            CREATE FUNCTION feed_fusion_home(p_mode text, p_limit int DEFAULT 20)
            RETURNS TABLE (item_id int) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
            AS 'SELECT 1 FROM generate_series(1, p_limit)';

            CREATE TABLE earnings_events (user_id int, amount_cents bigint);
            CREATE TABLE earnings_ledger (user_id int PRIMARY KEY, total_earned_cents bigint);
            INSERT INTO earnings_events VALUES (1, 100), (1, 250), (2, 40);
            INSERT INTO earnings_ledger VALUES (1, 350), (2, 4000);
            CREATE FUNCTION earnings_recompute(p_user int) RETURNS void LANGUAGE sql AS $$
              UPDATE earnings_ledger SET total_earned_cents =
                (SELECT sum(amount_cents) FROM earnings_events e WHERE e.user_id = p_user)
              WHERE user_id = p_user $$;

            CREATE TABLE rate_limit_configs (scope text PRIMARY KEY, "limit" int);
            INSERT INTO rate_limit_configs VALUES
              ('api.user', 100), ('user.search', 7), ('ip', 1000);
            CREATE TABLE rate_limit_counters (key text, hits int);
            INSERT INTO rate_limit_counters VALUES ('api.user:1', 100);
            """);
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private List<String> rows(String query) {
    return effects.database().rows(query);
  }

  private SqlTransaction applied(Action action) throws NoSessionException {
    var effect = effects.effect(action);
    assertThat(effects.send(effect, mark(1))).isInstanceOf(Outcome.Applied.class);
    return effect;
  }

  private CatalogChange applied(CatalogChange effect) {
    assertThat(effects.send(effect, mark(1))).isInstanceOf(Outcome.Applied.class);
    return effect;
  }

  private static Action pausing() {
    return new Action(
            "UPDATE worker_jobs SET status = 'paused', updated_at = now() WHERE " + PENDING)
        .remember("worker_jobs", ID, List.of("status", "updated_at"), PENDING);
  }

  @Test
  void onlyTheJobsThatWePausedAreResumed() throws Exception {
    var jobs = rows("SELECT * FROM worker_jobs ORDER BY id");
    var effect = applied(pausing());
    assertThat(rows("SELECT status FROM worker_jobs WHERE id < 4")).containsOnly("paused");

    effects.undone(effect, mark(1));

    assertThat(rows("SELECT * FROM worker_jobs ORDER BY id")).isEqualTo(jobs);
    assertThat(jobs.get(2)).startsWith("3 paused");
  }

  @Test
  void aJobThatSomebodyTookMeanwhileIsLeftAndNamed() throws Exception {
    var effect = applied(pausing());
    effects.database().has("UPDATE worker_jobs SET status = 'done' WHERE id = 2");

    var undone = (Outcome.Applied) effects.undone(effect, mark(1));

    assertThat(undone.drift())
        .isEqualTo("public.worker_jobs id=2 changed since, so they were left as they are");
    assertThat(rows("SELECT status FROM worker_jobs WHERE id IN (1, 2) ORDER BY id"))
        .containsExactly("pending", "done");
  }

  @Test
  void jobsAreStuckAfterFiveMinutes() throws Exception {
    applied(
        new Action(
                "UPDATE worker_jobs SET status = 'failed', error = 'rolled back', updated_at = now() WHERE status = 'running' AND started_at < now() - interval '5 minutes'")
            .maxRows(1)
            .check(
                "SELECT count(*) FROM worker_jobs WHERE status = 'running' AND started_at < now() - interval '5 minutes'",
                "before == 1 && value == 0 && affected == 1"));

    assertThat(rows("SELECT id FROM worker_jobs WHERE status = 'failed'")).containsExactly("4");
    assertThat(rows("SELECT id FROM worker_jobs WHERE status = 'running'")).containsExactly("5");
  }

  @Test
  void theFunctionIsByteIdenticalAfterwards() throws Exception {
    var before = rows("SELECT pg_get_functiondef('worker_fail_job'::regproc)");
    var effect =
        applied(
            effects.replaced(
                new Function(
                    "public.worker_fail_job",
                    List.of("int", "text"),
                    "BEGIN UPDATE worker_jobs SET status = 'failed', error = p_error WHERE id = p_job_id; END",
                    null,
                    null)));
    rows("SELECT worker_fail_job(1, 'broken')");
    assertThat(rows("SELECT status FROM worker_jobs WHERE id = 1")).containsExactly("failed");

    effects.undone(effect, mark(1));

    assertThat(rows("SELECT pg_get_functiondef('worker_fail_job'::regproc)")).isEqualTo(before);
    assertThat(before.get(0)).contains("SECURITY DEFINER", "SET search_path TO 'public'");
  }

  @Test
  void eachCapComesBackAsItWas() throws Exception {
    var caps = rows("SELECT * FROM ai_consent ORDER BY user_id");
    var effect =
        applied(
            new Action("UPDATE ai_consent SET frequency_cap = 0")
                .remember("ai_consent", List.of("user_id"), List.of("frequency_cap"), null));
    assertThat(rows("SELECT frequency_cap FROM ai_consent")).containsOnly("0");

    assertThat(effects.undone(effect, mark(1)))
        .isEqualTo(Outcome.Applied.saying("3 rows written back, 0 rows affected"));
    assertThat(rows("SELECT * FROM ai_consent ORDER BY user_id")).isEqualTo(caps);
  }

  @Test
  void aTriggerThatWasOffStaysOff() throws Exception {
    var effect = applied(effects.off(Triggers.User, "notifications"));
    effects.database().has("INSERT INTO notifications (id) VALUES (1)");
    assertThat(rows("SELECT sent FROM notifications")).containsExactly("f");

    effects.undone(effect, mark(1));

    assertThat(rows("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"))
        .containsExactly("by_email O", "by_sms D");
  }

  @Test
  void theFeedIsOffWithADefinitionOfItsOwn() throws Exception {
    var before = rows("SELECT pg_get_functiondef('feed_fusion_home'::regproc)");
    var effect =
        applied(
            effects.replaced(
                new Function(
                    "public.feed_fusion_home",
                    null,
                    null,
                    """
                    CREATE OR REPLACE FUNCTION public.feed_fusion_home(p_mode text, p_limit int DEFAULT 20)
                    RETURNS TABLE (item_id int) LANGUAGE plpgsql AS $$
                    BEGIN RAISE EXCEPTION 'The feed is off for maintenance'; END $$;
                    """,
                    null)));
    assertThat(rows("SELECT prosecdef FROM pg_proc WHERE proname = 'feed_fusion_home'"))
        .containsExactly("f");

    effects.undone(effect, mark(1));

    assertThat(rows("SELECT pg_get_functiondef('feed_fusion_home'::regproc)")).isEqualTo(before);
    assertThat(rows("SELECT count(*) FROM feed_fusion_home('for_you', 3)")).containsExactly("3");
  }

  @Test
  void ledgersAreRecomputedOrNothingIs() throws Exception {
    var wrong =
        "SELECT count(*) FROM earnings_ledger l WHERE total_earned_cents <> (SELECT sum(amount_cents) FROM earnings_events e WHERE e.user_id = l.user_id)";
    var recompute =
        new Action(
                "SELECT earnings_recompute(user_id) FROM (SELECT DISTINCT user_id FROM earnings_events) u")
            .check(wrong, "value == 0 && before == 1");

    applied(recompute);

    assertThat(rows("SELECT total_earned_cents FROM earnings_ledger ORDER BY user_id"))
        .containsExactly("350", "40");
  }

  @Test
  void doubledLimitsReturn() throws Exception {
    var limits = rows("SELECT * FROM rate_limit_configs ORDER BY scope");
    var effect =
        applied(
            new Action(
                    "UPDATE rate_limit_configs SET \"limit\" = \"limit\" * 2 WHERE scope LIKE '%user%'")
                .remember(
                    "rate_limit_configs",
                    List.of("scope"),
                    List.of("limit"),
                    "scope LIKE '%user%'"));
    assertThat(rows("SELECT \"limit\" FROM rate_limit_configs ORDER BY scope"))
        .containsExactly("200", "1000", "14");

    effects.undone(effect, mark(1));

    assertThat(rows("SELECT * FROM rate_limit_configs ORDER BY scope")).isEqualTo(limits);
  }

  @Test
  void aLimitThatSomebodySetSinceIsLeftAndNamed() throws Exception {
    var effect =
        applied(
            new Action("UPDATE rate_limit_configs SET \"limit\" = \"limit\" * 2")
                .remember("rate_limit_configs", List.of("scope"), List.of("limit"), null));
    effects
        .database()
        .has("UPDATE rate_limit_configs SET \"limit\" = 150 WHERE scope = 'api.user'");

    var undone = (Outcome.Applied) effects.undone(effect, mark(1));

    assertThat(undone.drift()).startsWith("public.rate_limit_configs scope=api.user changed since");
    assertThat(rows("SELECT \"limit\" FROM rate_limit_configs ORDER BY scope"))
        .containsExactly("150", "1000", "7");
  }

  /** The runbook's own statement: limit is a word of SQL, and it never worked. */
  @Test
  void aColumnThatIsAWordOfSqlIsKnownToFailBefore() {
    var action = new Action("UPDATE rate_limit_configs SET limit = limit * 2").sql();

    assertThat(
            effects.preflight().problems(action, TestDatabase.AUTHOR).toCompletableFuture().join())
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).isEqualTo("SqlUnfit"))
        .satisfies(it -> assertThat(it.message()).contains("syntax error"));
  }

  @Test
  void countersAreClearedForGood() throws Exception {
    var effect = applied(new Action("TRUNCATE rate_limit_counters"));

    assertThat(rows("SELECT count(*) FROM rate_limit_counters")).containsExactly("0");
    assertThat(effects.reverse(effect, mark(1), List.of()).work())
        .isEqualTo(
            new Work.Observed("nothing takes it back: the action has neither remember nor undo."));
  }
}
