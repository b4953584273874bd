package dev.backstep.database;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.SECRET;

import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import dev.backstep.testing.StandingClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A queue in a table of a real database, as the runbook of a team has it, and who pauses it. */
final class JobQueue implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  static final Instant NOT_AFTER = NOW.plusSeconds(60);
  static final String CLAIM = "bs-sync-1";

  private static final Map<String, String> PAUSED =
      Map.of("status", "'paused'", "updated_at", "now()");

  private final TestDatabase database = new TestDatabase();
  private final StandingClock clock = new StandingClock(NOW);
  private final DatabaseLooks looks = new DatabaseLooks(database.sessions());
  private final BatchedUpdates updates =
      new BatchedUpdates(database.sessions(), clock, new SqlReversals(looks));
  private final JobTables tables = new JobTables(looks);

  JobQueue() {
    database.has(
        """
        CREATE TABLE worker_jobs (id bigint PRIMARY KEY, status text NOT NULL, error text,
          started_at timestamptz, updated_at timestamptz, next_run_at timestamptz);
        """);
  }

  /** Jobs with these numbers. */
  JobQueue has(int from, int to, String status) {
    database.has(
        """
        INSERT INTO worker_jobs SELECT n, '%s', NULL, now() - interval '1 hour', '2026-01-01', '2026-01-02'
        FROM generate_series(%d, %d) n
        """
            .formatted(status, from, to));
    return this;
  }

  TestDatabase database() {
    return database;
  }

  BatchedUpdates updates() {
    return updates;
  }

  StandingClock clock() {
    return clock;
  }

  static JobTable.Rows pending() {
    return new JobTable.Rows("status = 'pending'", PAUSED);
  }

  static JobTable.Rows stuck() {
    return new JobTable.Rows(
        "status = 'running' AND started_at < now() - interval '5 minutes' -- they hang",
        Map.of("status", "'failed'", "error", "'it''s stuck; really?'"));
  }

  static JobTable table(JobTable.Rows pause, JobTable.Rows stuck, Map<String, String> resume) {
    return table("worker_jobs", List.of("id"), pause, stuck, resume);
  }

  static JobTable table(
      String name,
      List<String> key,
      JobTable.Rows pause,
      JobTable.Rows stuck,
      Map<String, String> resume) {
    return new JobTable(
        new Ref(SECRET),
        name,
        key,
        pause,
        stuck,
        resume == null ? null : new JobTable.Resume(resume));
  }

  static Mark mark(int number) {
    return new Mark(CLAIM, "queue", Intent.Verb.Apply, number, 0);
  }

  static Mark backMark(int number) {
    return new Mark(CLAIM, "queue", Intent.Verb.Release, number, 0);
  }

  List<Problem> problems(JobTable queue) {
    return joined(tables.problems(queue, AUTHOR));
  }

  JobTables.Found look(JobTable queue) {
    return joined(tables.look(queue, Optional.of(CLAIM + "/queue/apply/"), AUTHOR));
  }

  private static <T> T joined(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  BatchedUpdate pausing(JobTable queue) {
    return JobTables.effect(
        queue, queue.pause(), true, look(queue).identity().orElseThrow(), "paused");
  }

  BatchedUpdate failing(JobTable queue) {
    return JobTables.effect(
        queue, queue.failStuck(), false, look(queue).identity().orElseThrow(), "failed");
  }

  Outcome send(BatchedUpdate effect, Mark mark) {
    return updates.send(effect, mark, AUTHOR, NOT_AFTER);
  }

  Outcome close(BatchedUpdate effect, Mark mark, boolean wanted) {
    return updates.close(effect, mark, wanted, AUTHOR, NOT_AFTER);
  }

  /** What is left of giving back what was sent with the marks 1, 2 and so on. */
  Step back(List<BatchedUpdate> sent, List<Sent<?>> back) {
    var applied = new ArrayList<Sent<BatchedUpdate>>();
    for (var effect : sent) {
      applied.add(new Sent<>(effect, mark(applied.size() + 1), new Outcome.Applied(null)));
    }
    return joined(updates.reverse(applied, back, AUTHOR));
  }

  /** Gives back what was sent. */
  Outcome givenBack(BatchedUpdate... sent) {
    return send((BatchedUpdate) back(List.of(sent), List.of()).effects().get(0), backMark(1));
  }

  List<String> rows(String query) {
    return database.rows(query);
  }

  /** All of it, in the order of its numbers. */
  List<String> jobs() {
    return rows("SELECT * FROM worker_jobs ORDER BY id");
  }

  /** How many jobs have each status. */
  List<String> counts() {
    return rows("SELECT status, count(*) FROM worker_jobs GROUP BY status ORDER BY status");
  }

  /** The server ends the session that changes the so many-th row of the table, once. */
  void endsTheSessionAtRow(int number) {
    database.has(
        """
        CREATE SEQUENCE changed;
        CREATE FUNCTION ended() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF nextval('changed') = %d THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER ended BEFORE UPDATE ON worker_jobs FOR EACH ROW EXECUTE FUNCTION ended();
        """
            .formatted(number));
  }

  @Override
  public void close() {
    looks.stop();
    database.close();
  }
}
