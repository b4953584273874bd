package dev.backstep.database;

import static dev.backstep.database.JobQueue.NOT_AFTER;
import static dev.backstep.database.JobQueue.backMark;
import static dev.backstep.database.JobQueue.mark;
import static dev.backstep.database.JobQueue.pending;
import static dev.backstep.database.JobQueue.stuck;
import static dev.backstep.database.JobQueue.table;
import static dev.backstep.database.TestDatabase.AUTHOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs of a queue that are paused in batches, and come back as they were. */
class BatchedUpdatesIT {
  private static final JobTable QUEUE = table(pending(), stuck(), null);

  private final JobQueue queue = new JobQueue();

  @AfterEach
  void close() {
    queue.close();
  }

  private BatchedUpdate paused(int number) {
    var effect = queue.pausing(QUEUE);
    assertThat(queue.send(effect, mark(number))).isInstanceOf(Outcome.Applied.class);
    return effect;
  }

  private static Outcome applied(long rows) {
    return Outcome.Applied.saying("%d rows of table public.worker_jobs set".formatted(rows));
  }

  private static String reason(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome).problem().reason();
  }

  @Test
  void rowsThatWePausedComeBackAsTheyWere() {
    queue.has(1, 3000, "pending").has(3001, 3010, "paused").has(3011, 3020, "done");
    var before = queue.jobs();
    var effect = queue.pausing(QUEUE);

    assertThat(queue.send(effect, mark(1))).isEqualTo(applied(3000));
    assertThat(queue.counts()).containsExactly("done 10", "paused 3010");

    assertThat(queue.givenBack(effect)).isEqualTo(Outcome.Applied.saying("3000 rows given back"));
    assertThat(queue.jobs()).isEqualTo(before);
    assertThat(queue.rows("SELECT count(*) FROM backstep.remembered")).containsExactly("0");
  }

  @Test
  void manyTransactionsDoIt() {
    queue.has(1, 3000, "pending");

    paused(1);

    assertThat(queue.rows("SELECT count(DISTINCT xmin::text) > 2 FROM worker_jobs"))
        .containsExactly("t");
  }

  @Test
  void whatComesBackMayBeSetToSomethingElse() {
    queue.has(1, 2, "pending").has(3, 3, "paused");
    var resume = Map.of("status", "'pending'", "error", "NULL", "next_run_at", "now()");
    var effect = queue.pausing(table(pending(), null, resume));
    queue.send(effect, mark(1));
    queue.database().has("UPDATE worker_jobs SET error = 'x'");

    queue.givenBack(effect);

    assertThat(
            queue.rows(
                "SELECT status, error, next_run_at > '2026-02-01' FROM worker_jobs ORDER BY id"))
        .containsExactly("pending NULL t", "pending NULL t", "paused x f");
  }

  @Test
  void whatSomebodyChangedSinceIsLeftAndNamed() {
    queue.has(1, 4, "pending");
    var effect = paused(1);
    queue.database().has("UPDATE worker_jobs SET status = 'done' WHERE id = 2");
    queue.database().has("DELETE FROM worker_jobs WHERE id = 3");

    assertThat(queue.givenBack(effect))
        .isEqualTo(
            new Outcome.Applied(
                null,
                "2 rows given back",
                "public.worker_jobs id=2; public.worker_jobs id=3 changed since, so they were left as they are"));
    assertThat(queue.counts()).containsExactly("done 1", "pending 2");
  }

  @Test
  void whatSomebodyPutBackHimselfIsNoDrift() {
    queue.has(1, 2, "pending");
    var before = queue.jobs();
    var effect = paused(1);
    queue
        .database()
        .has("UPDATE worker_jobs SET status = 'pending', updated_at = '2026-01-01' WHERE id = 1");

    assertThat(queue.givenBack(effect)).isEqualTo(Outcome.Applied.saying("1 rows given back"));
    assertThat(queue.jobs()).isEqualTo(before);
  }

  @Test
  void whatIsStuckFailsForGood() {
    queue.has(1, 1, "running").has(2, 2, "pending");
    queue.database().has("INSERT INTO worker_jobs VALUES (3, 'running', NULL, now())");
    var effect = queue.failing(QUEUE);

    assertThat(queue.send(effect, mark(1))).isEqualTo(applied(1));

    assertThat(queue.rows("SELECT id, status, error FROM worker_jobs ORDER BY id"))
        .containsExactly("1 failed it's stuck; really?", "2 pending NULL", "3 running NULL");
    assertThat(queue.back(List.of(effect), List.of()).work()).isInstanceOf(Work.Observed.class);
  }

  @Test
  void jobsThatComeLateArePausedAndComeBackWithTheOthers() {
    queue.has(1, 3, "pending");
    var before = queue.jobs();
    var first = paused(1);
    assertThat(queue.look(QUEUE).pending()).isEqualTo(JobTables.Rows.NONE);
    queue.has(4, 5, "pending");
    assertThat(queue.look(QUEUE).pending()).isEqualTo(JobTables.Rows.SOME);
    var second = paused(2);

    var step = queue.back(List.of(first, second), List.of());
    var reversal = (BatchedUpdate) step.effects().get(0);
    var outcome = queue.send(reversal, backMark(1));
    var then =
        queue.back(List.of(first, second), List.of(new Sent<>(reversal, backMark(1), outcome)));

    assertThat(step.effects()).hasSize(1);
    assertThat(outcome).isEqualTo(Outcome.Applied.saying("5 rows given back"));
    assertThat(then.work()).isEqualTo(new Work.Observed("everything is put back."));
    assertThat(queue.jobs().subList(0, 3)).isEqualTo(before);
    assertThat(queue.counts()).containsExactly("pending 5");
  }

  /** New jobs are what a queue is for; that one is not paused any more which was is somebody. */
  @Test
  void whoSetsPausedJobsBackIsToldFromWhoAddsJobs() {
    queue.has(1, 3, "pending");
    paused(1);
    queue.has(4, 4, "pending");
    assertThat(queue.look(QUEUE).setBack()).isFalse();

    queue.database().has("UPDATE worker_jobs SET status = 'pending' WHERE id = 2");
    assertThat(queue.look(QUEUE).setBack()).isTrue();

    paused(2);
    assertThat(queue.look(QUEUE))
        .satisfies(
            found -> {
              assertThat(found.pending()).isEqualTo(JobTables.Rows.NONE);
              assertThat(found.setBack()).isFalse();
            });
  }

  /** In a restored database nothing was ever paused. */
  @Test
  void whereNothingIsRememberedNothingWasSetBack() {
    queue.has(1, 3, "pending");

    assertThat(queue.look(QUEUE).setBack()).isFalse();
  }

  /** What is paused anew after it came back was not given back by what came before it. */
  @Test
  void whatIsPausedAgainComesBackAgain() {
    queue.has(1, 2, "pending");
    var first = paused(1);
    var back = (BatchedUpdate) queue.back(List.of(first), List.of()).effects().get(0);
    var outcome = queue.send(back, backMark(1));
    var second = paused(2);

    var step = queue.back(List.of(first, second), List.of(new Sent<>(back, backMark(1), outcome)));

    assertThat(step.effects()).hasSize(1);
    assertThat(queue.send((BatchedUpdate) step.effects().get(0), backMark(2)))
        .isEqualTo(Outcome.Applied.saying("2 rows given back"));
    assertThat(queue.counts()).containsExactly("pending 2");
  }

  @Test
  void aSecondSendDoesNothing() {
    queue.has(1, 2, "pending");
    var effect = paused(1);
    queue.has(3, 3, "pending");

    assertThat(queue.send(effect, mark(1))).isEqualTo(applied(2));
    assertThat(queue.counts()).containsExactly("paused 2", "pending 1");
  }

  @Test
  void whoComesAfterACrashGoesOn() {
    queue.has(1, 3000, "pending").endsTheSessionAtRow(1000);
    var before = queue.jobs();
    var effect = queue.pausing(QUEUE);

    assertThatThrownBy(() -> queue.send(effect, mark(1))).isInstanceOf(NotKnownException.class);
    assertThat(queue.counts()).hasSize(2);

    assertThat(queue.close(effect, mark(1), true)).isEqualTo(applied(3000));
    assertThat(queue.rows("SELECT count(*), count(DISTINCT key) FROM backstep.remembered"))
        .containsExactly("3000 3000");
    queue.givenBack(effect);
    assertThat(queue.jobs()).isEqualTo(before);
  }

  @Test
  void whatWasBegunIsTakenBackAsFarAsItWent() {
    queue.has(1, 3000, "pending").endsTheSessionAtRow(1000);
    var before = queue.jobs();
    var effect = queue.pausing(QUEUE);
    assertThatThrownBy(() -> queue.send(effect, mark(1))).isInstanceOf(NotKnownException.class);
    var paused = queue.rows("SELECT count(*) FROM worker_jobs WHERE status = 'paused'").get(0);

    var stopped = queue.close(effect, mark(1), false);

    assertThat(stopped)
        .isEqualTo(Outcome.Applied.saying("%s rows of table worker_jobs set".formatted(paused)));
    assertThat(queue.send(effect, mark(1))).isEqualTo(stopped);
    assertThat(queue.counts()).contains("paused %s".formatted(paused));
    queue.givenBack(effect);
    assertThat(queue.jobs()).isEqualTo(before);
  }

  @Test
  void whoComesAfterACrashGoesOnWithGivingBack() {
    queue.has(1, 3000, "pending");
    var before = queue.jobs();
    var effect = paused(1);
    queue.database().has("UPDATE worker_jobs SET status = 'done' WHERE id = 7");
    queue.endsTheSessionAtRow(1000);
    var back = (BatchedUpdate) queue.back(List.of(effect), List.of()).effects().get(0);
    assertThatThrownBy(() -> queue.send(back, backMark(1))).isInstanceOf(NotKnownException.class);
    assertThat(queue.counts()).hasSize(3);

    var outcome = (Outcome.Applied) queue.close(back, backMark(1), true);

    assertThat(outcome.said()).isEqualTo("2999 rows given back");
    assertThat(outcome.drift()).startsWith("public.worker_jobs id=7 changed since");
    before.set(6, queue.jobs().get(6));
    assertThat(queue.jobs()).isEqualTo(before);
  }

  @Test
  void givingBackThatWasStoppedIsLeftToAnotherEffect() {
    queue.has(1, 3000, "pending");
    var before = queue.jobs();
    var effect = paused(1);
    queue.endsTheSessionAtRow(1000);
    var back = (BatchedUpdate) queue.back(List.of(effect), List.of()).effects().get(0);
    assertThatThrownBy(() -> queue.send(back, backMark(1))).isInstanceOf(NotKnownException.class);

    var stopped = queue.close(back, backMark(1), false);
    var step = queue.back(List.of(effect), List.of(new Sent<>(back, backMark(1), stopped)));

    assertThat(stopped).isInstanceOf(Outcome.Refused.class);
    assertThat(queue.send(back, backMark(1))).isEqualTo(stopped);
    assertThat(queue.send((BatchedUpdate) step.effects().get(0), backMark(2)))
        .isInstanceOf(Outcome.Applied.class);
    assertThat(queue.jobs()).isEqualTo(before);
  }

  @Test
  void whatWasNotBegunIsBegunOnlyInTime() {
    queue.has(1, 1, "pending");
    var effect = queue.pausing(QUEUE);
    queue.clock().pass(Duration.between(JobQueue.NOW, NOT_AFTER).plusSeconds(1));

    assertThat(queue.send(effect, mark(1))).isEqualTo(new Outcome.NotSent(Deadline.OVER));
    assertThat(queue.close(effect, mark(1), true)).isInstanceOf(Outcome.Refused.class);
    assertThat(queue.counts()).containsExactly("pending 1");
  }

  @Test
  void rowsThatWorkersHaveLockedAreLeft() throws Exception {
    queue.has(1, 5, "pending");
    var effect = queue.pausing(QUEUE);
    try (var worker = queue.database().connection()) {
      lock(worker, 2);

      assertThat(queue.send(effect, mark(1))).isEqualTo(applied(4));
      assertThat(queue.look(QUEUE).pending()).isEqualTo(JobTables.Rows.LOCKED);

      worker.rollback();
    }
    assertThat(queue.look(QUEUE).pending()).isEqualTo(JobTables.Rows.SOME);
  }

  private static void lock(Connection worker, int id) throws SQLException {
    worker.setAutoCommit(false);
    try (var statement = worker.createStatement()) {
      statement.execute("SELECT 1 FROM worker_jobs WHERE id = %d FOR UPDATE".formatted(id));
    }
  }

  @Test
  void twoWhoDoItAtOnceDoItOnce() throws Exception {
    queue.has(1, 5000, "pending");
    var before = queue.jobs();
    var effect = queue.pausing(QUEUE);
    var one = CompletableFuture.supplyAsync(() -> queue.send(effect, mark(1)));
    var other = CompletableFuture.supplyAsync(() -> queue.send(effect, mark(1)));

    assertThat(one.get()).isEqualTo(other.get());
    assertThat(queue.close(effect, mark(1), true)).isEqualTo(one.get());
    assertThat(queue.rows("SELECT count(*) = count(DISTINCT key) FROM backstep.remembered"))
        .containsExactly("t");
    queue.givenBack(effect);
    assertThat(queue.jobs()).isEqualTo(before);
  }

  @Test
  void slowRowsAreSetInSmallBatches() {
    queue.has(1, 300, "pending");
    queue
        .database()
        .has(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN PERFORM pg_sleep(0.005); RETURN NEW; END $$;
            CREATE TRIGGER slow BEFORE UPDATE ON worker_jobs FOR EACH ROW EXECUTE FUNCTION slow();
            """);

    assertThat(queue.send(queue.pausing(QUEUE), mark(1))).isEqualTo(applied(300));
    assertThat(
            queue.rows(
                "SELECT max(n) < 100 FROM (SELECT count(*) AS n FROM worker_jobs GROUP BY xmin::text) x"))
        .containsExactly("t");
  }

  @Test
  void aConditionThatStaysTrueIsRefused() {
    queue.has(1, 2, "pending");
    var everything = new JobTable.Rows("status <> 'done'", Map.of("status", "'paused'"));

    assertThat(reason(queue.send(queue.pausing(table(everything, null, null)), mark(1))))
        .isEqualTo("ConditionStaysTrue");
    assertThat(queue.counts()).containsExactly("pending 2");
  }

  @Test
  void rowsThatATriggerKeepsAreNoEndlessWork() {
    queue.has(1, 2, "pending");
    queue
        .database()
        .has(
            """
            CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER kept BEFORE UPDATE ON worker_jobs FOR EACH ROW EXECUTE FUNCTION kept();
            """);

    assertThat(reason(queue.send(queue.pausing(QUEUE), mark(1)))).isEqualTo("RowsStayAsTheyAre");
  }

  /** Columns may be called as ours are, and a queue may have partitions. */
  @Test
  void otherTablesAreQueuesToo() {
    queue
        .database()
        .has(
            """
            CREATE SCHEMA "My Shop";
            CREATE TABLE "My Shop"."Jobs" ("Tenant" int, key int, number text, before text, mark text,
              PRIMARY KEY ("Tenant", key)) PARTITION BY LIST ("Tenant");
            CREATE TABLE "My Shop".one PARTITION OF "My Shop"."Jobs" FOR VALUES IN (1);
            CREATE TABLE "My Shop".two PARTITION OF "My Shop"."Jobs" FOR VALUES IN (2);
            INSERT INTO "My Shop"."Jobs"
              SELECT t, n, 'new', 'b', '{"a?": 1}' FROM generate_series(1, 2) t, generate_series(1, 400) n;
            """);
    var rows = "SELECT * FROM \"My Shop\".\"Jobs\" ORDER BY 1, 2";
    var before = queue.rows(rows);
    var jobs =
        table(
            "\"My Shop\".\"Jobs\"",
            List.of("Tenant", "key"),
            new JobTable.Rows("number = 'new' AND mark::jsonb ? 'a?'", Map.of("number", "'held'")),
            null,
            Map.of("number", "lower('NEW')"));
    assertThat(queue.problems(jobs)).isEmpty();
    var effect = queue.pausing(jobs);

    assertThat(queue.send(effect, mark(1)))
        .isEqualTo(Outcome.Applied.saying("800 rows of table \"My Shop\".\"Jobs\" set"));
    assertThat(queue.rows("SELECT DISTINCT number FROM \"My Shop\".\"Jobs\""))
        .containsExactly("held");
    queue.givenBack(effect);
    assertThat(queue.rows(rows)).isEqualTo(before);
  }

  @Test
  void itIsTheSameAfterItWasWrittenDown() throws Exception {
    var effect = queue.pausing(table(pending(), null, Map.of("status", "'pending'")));

    assertThat(Json.MAPPER.readValue(Json.MAPPER.writeValueAsString(effect), BatchedUpdate.class))
        .isEqualTo(effect);
  }

  @Test
  void aPreviewCountsAndChangesNothing() {
    queue.has(1, 3, "pending");

    assertThat(queue.updates().preview(queue.failing(QUEUE), AUTHOR).get(0))
        .startsWith("0 rows of public.worker_jobs: ");
    assertThat(queue.updates().preview(queue.pausing(QUEUE), AUTHOR).get(0))
        .startsWith("3 rows of public.worker_jobs: ")
        .contains("status = 'paused'");
    assertThat(queue.counts()).containsExactly("pending 3");
  }

  @Test
  void anotherDatabaseIsLeftAlone() {
    queue.has(1, 1, "pending");
    var effect = queue.pausing(QUEUE);
    var name = queue.database().name();
    TestDatabase.asAdmin("ALTER DATABASE %1$s RENAME TO old_%1$s".formatted(name));
    TestDatabase.asAdmin("CREATE DATABASE %1$s OWNER %1$s".formatted(name));

    assertThat(reason(queue.send(effect, mark(1)))).isEqualTo("WrongDatabase");
    assertThat(queue.close(effect, mark(1), false)).isInstanceOf(Outcome.Unknown.class);
    assertThat(queue.back(List.of(effect), List.of()).work()).isInstanceOf(Work.Drifted.class);
  }

  /** An earlier content of the same database was put back. */
  @Test
  void whatTheDatabaseDoesNotKnowIsNotGivenBack() {
    queue.has(1, 1, "pending");
    var effect = paused(1);
    queue.database().has("DELETE FROM backstep.effect");

    assertThat(((Outcome.Applied) queue.givenBack(effect)).drift()).contains("replaced");
    assertThat(queue.counts()).containsExactly("paused 1");
  }

  @Test
  void nothingIsLeftOfWhatIsForgotten() {
    queue.has(1, 2, "pending");
    var effect = paused(1);

    assertThat(queue.updates().forget(effect, JobQueue.CLAIM, AUTHOR)).isEmpty();
    assertThat(queue.rows("SELECT count(*) FROM backstep.remembered")).containsExactly("0");
  }
}
