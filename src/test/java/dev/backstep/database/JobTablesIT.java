package dev.backstep.database;

import static dev.backstep.database.JobQueue.mark;
import static dev.backstep.database.JobQueue.pending;
import static dev.backstep.database.JobQueue.stuck;
import static dev.backstep.database.JobQueue.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.problem.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What would keep a queue from being paused, found before anything is sent. */
class JobTablesIT {
  private static final List<String> ID = List.of("id");

  private final JobQueue queue = new JobQueue();

  @AfterEach
  void close() {
    queue.close();
  }

  private Problem problem(JobTable jobs) {
    var problems = queue.problems(jobs);
    assertThat(problems).hasSize(1);
    return problems.get(0);
  }

  private static JobTable pausing(String where, String column, String value) {
    return table(new JobTable.Rows(where, Map.of(column, value)), null, null);
  }

  @Test
  void aQueueAsItShouldBeHasNoProblem() {
    queue.has(1, 1, "pending");

    assertThat(queue.problems(table(pending(), stuck(), Map.of("status", "'pending'")))).isEmpty();
    assertThat(queue.counts()).containsExactly("pending 1");
    assertThat(queue.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'backstep'")).isEmpty();
  }

  @Test
  void aTableThatIsMissingIsNamed() {
    var jobs = table("jobs", ID, pending(), null, null);

    assertThat(problem(jobs).reason()).isEqualTo("TableMissing");
    assertThat(queue.look(jobs).problems()).containsExactly(problem(jobs));
  }

  @Test
  void columnsThatAreMissingAreNamed() {
    var problem =
        problem(
            table(
                "worker_jobs",
                List.of("Id"),
                pending(),
                new JobTable.Rows("true", Map.of("state", "'x'")),
                Map.of("priority", "1")));

    assertThat(problem.reason()).isEqualTo("ColumnMissing");
    assertThat(problem.message()).contains("no column Id, state, priority that could be set");
  }

  @Test
  void aTableWithoutAPrimaryKeyIsRefused() {
    queue
        .database()
        .has("CREATE TABLE jobs (id int NOT NULL, status text, updated_at timestamptz)");

    var problem = problem(table("jobs", ID, pending(), null, null));

    assertThat(problem.reason()).isEqualTo("KeyNotUnique");
    assertThat(problem.message()).endsWith("ALTER TABLE public.jobs ADD PRIMARY KEY (id);");
  }

  @Test
  void aKeyThatIsNotThePrimaryKeyIsRefused() {
    queue
        .database()
        .has(
            """
            CREATE TABLE jobs (id int, tenant int, other int UNIQUE, few int NOT NULL, status text,
              updated_at timestamptz, PRIMARY KEY (tenant, id));
            CREATE UNIQUE INDEX ON jobs (few) WHERE few > 5;
            """);

    for (var key : List.of("id", "other", "few")) {
      assertThat(problem(table("jobs", List.of(key), pending(), null, null)).message())
          .endsWith("Set jobTable.key to the columns of its primary key: tenant, id.");
    }
    assertThat(queue.problems(table("jobs", List.of("id", "tenant"), pending(), null, null)))
        .isEmpty();
  }

  @Test
  void whatTheServerDoesNotUnderstandIsSaid() {
    assertThat(problem(pausing("state = 'pending'", "status", "'paused'")))
        .satisfies(
            it -> {
              assertThat(it.reason()).isEqualTo("SqlUnfit");
              assertThat(it.message()).contains("pause", "SQLSTATE 42703", "\"state\"");
            });
    assertThat(problem(pausing("status = 'pending'", "status", "paused")).message())
        .contains("a text is written as \"'paused'\"");
    assertThat(problem(pausing("status", "status", "'paused'")).message())
        .contains("SQLSTATE 42804");
    assertThat(problem(pausing("status = 'pending'", "started_at", "'soon'")).message())
        .contains("SQLSTATE 22007");
  }

  /** The catalogue is asked, because a name has more ways of being written than a rule knows. */
  @Test
  void whatBackstepKeepsThereIsNoQueue() {
    queue.has(1, 1, "pending");
    queue.send(queue.pausing(table(pending(), null, null)), mark(1));
    var own =
        table(
            "%s.backstep.effect".formatted(queue.database().name()),
            List.of("mark"),
            new JobTable.Rows("state = 'begun'", Map.of("state", "'fenced'")),
            null,
            null);

    assertThat(problem(own).reason()).isEqualTo("TableOfBackstep");
    assertThat(queue.look(own).problems()).containsExactly(problem(own));
  }

  /** They would be true as well once a row is set, or never: that is said before it is needed. */
  @Test
  void aConditionThatSaysNothingAboutRowsIsRefused() {
    queue.has(1, 3, "pending");

    for (var everything : List.of("true", "1 = 1 -- all", "id = 0 OR 'a' < 'b'")) {
      assertThat(problem(pausing(everything, "status", "'paused'")).reason())
          .isEqualTo("ConditionAlwaysTrue");
    }
    assertThat(problem(pausing("id = 1 AND false", "status", "'paused'")).reason())
        .isEqualTo("ConditionNeverTrue");
    assertThat(
            problem(table(pending(), new JobTable.Rows("true", Map.of("status", "'x'")), null))
                .message())
        .startsWith("jobTable.failStuck.where is true for every row of table worker_jobs");
    assertThat(queue.problems(pausing("id = 2", "status", "'paused'"))).isEmpty();
    assertThat(queue.problems(pausing("id IN (1, 2) OR id = 3", "status", "'paused'"))).isEmpty();
    assertThat(queue.problems(pausing("now() > '2026-01-01'", "status", "'paused'"))).isEmpty();
  }

  /** Most queues have it: the server reads it without another look at the condition. */
  @Test
  void anIndexOfJustTheRowsThatAreMeantHidesNoCondition() {
    // given
    queue.has(1, 50, "pending").has(51, 20_000, "done");
    queue.database().has("CREATE INDEX ON worker_jobs (id) WHERE status = 'pending'");
    queue.database().has("VACUUM ANALYZE worker_jobs");
    assertThat(queue.rows("EXPLAIN (COSTS OFF) SELECT FROM worker_jobs WHERE status = 'pending'"))
        .singleElement()
        .asString()
        .startsWith("Index Only Scan");

    // then
    assertThat(queue.problems(table(pending(), null, null))).isEmpty();
    assertThat(problem(pausing("true", "status", "'paused'")).reason())
        .isEqualTo("ConditionAlwaysTrue");
  }

  @Test
  void onlyOneExpressionIsTaken() {
    assertThat(problem(pausing("true; DROP TABLE worker_jobs", "status", "'paused'")).reason())
        .isEqualTo("ExpressionInvalid");
    assertThat(problem(pausing("true", "status", "'x'; SELECT 'y'")).reason())
        .isEqualTo("ExpressionInvalid");
    assertThat(problem(pausing("id = :id", "status", "'paused'")).reason())
        .isEqualTo("SqlArgumentMissing");
  }

  @Test
  void rightsThatAreMissingAreNamed() {
    var name = queue.database().name();
    TestDatabase.asAdmin(
        "CREATE ROLE worker_%1$s LOGIN PASSWORD '%2$s'".formatted(name, TestDatabase.PASSWORD));
    queue
        .database()
        .has(
            "GRANT CREATE ON DATABASE %1$s TO worker_%1$s; GRANT SELECT ON worker_jobs TO worker_%1$s"
                .formatted(name));
    queue.database().secretSays("user", "worker_%s".formatted(name));

    var problems = queue.problems(table(pending(), null, null));

    assertThat(problems).isNotEmpty().allMatch(it -> it.reason().equals("TableForbidden"));
    assertThat(problems.get(0).message())
        .endsWith("GRANT SELECT, UPDATE ON public.worker_jobs TO \"worker_%s\";".formatted(name));
  }

  @Test
  void aDatabaseThatIsDownIsWaitedFor() {
    queue.database().secretSays("port", "1");

    assertThat(queue.look(table(pending(), null, null)).identity()).isEmpty();
  }
}
