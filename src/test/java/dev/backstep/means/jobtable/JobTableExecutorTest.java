package dev.backstep.means.jobtable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.BatchedUpdate;
import dev.backstep.database.Identity;
import dev.backstep.database.JobTables;
import dev.backstep.database.JobTables.Rows;
import dev.backstep.effect.Author;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobTableExecutorTest {
  private static final Identity DATABASE = new Identity("1", 2);
  private static final Problem PROBLEM = new Problem("TableMissing", "There is no table jobs.");

  private static final JobTable QUEUE =
      new JobTable(
          new Ref("db"),
          "jobs",
          List.of("id"),
          new JobTable.Rows("status = 'pending'", Map.of("status", "'paused'")),
          new JobTable.Rows("status = 'running'", Map.of("status", "'failed'")),
          new JobTable.Resume(Map.of("status", "'pending'")));

  private final Tables tables = new Tables();
  private final JobTableExecutor executor = new JobTableExecutor(tables);
  private final ActionScope scope = Scopes.of();

  /** A database that says what it is told to. */
  private static final class Tables extends JobTables {
    private Found found = found(Rows.NONE, Rows.NONE);
    private Optional<String> asked;

    Tables() {
      super(null);
    }

    private static Found found(Rows pending, Rows stuck) {
      return new Found(Optional.of(DATABASE), List.of(), pending, false, stuck);
    }

    @Override
    public CompletionStage<Found> look(JobTable queue, Optional<String> paused, Author author) {
      asked = paused;
      return CompletableFuture.completedStage(found);
    }

    @Override
    public CompletionStage<List<Problem>> problems(JobTable queue, Author author) {
      return CompletableFuture.completedStage(List.of(PROBLEM));
    }
  }

  private Work work() {
    return Scopes.now(executor.next(QUEUE, scope)).work();
  }

  private BatchedUpdate effect(ActionScope of) {
    var effects = Scopes.now(executor.next(QUEUE, of)).effects();
    assertThat(effects).hasSize(1);
    return (BatchedUpdate) effects.get(0);
  }

  @Test
  void jobsThatWaitArePausedFirst() {
    tables.found = Tables.found(Rows.SOME, Rows.SOME);

    var effect = effect(scope);

    assertThat(effect.where()).isEqualTo("status = 'pending'");
    assertThat(effect.kept()).isTrue();
    assertThat(effect.resume()).isEqualTo(Map.of("status", "'pending'"));
    assertThat(effect.summary()).isEqualTo("database db: rows of table jobs paused");
    assertThat(effect.takes().target()).isEqualTo("database db");
  }

  /** Those that come every now and then make no more of the same effect, image and hold. */
  @Test
  void jobsThatComeLaterArePausedByAnEqualEffect() {
    tables.found = Tables.found(Rows.SOME, Rows.NONE);
    var first = effect(scope);

    var later =
        scope
            .with()
            .now(scope.now().plusSeconds(30))
            .holds(
                List.of(
                    scope.holds(
                        new Target("database", "db"),
                        "rows as they were",
                        "rows of table jobs paused")))
            .build();

    assertThat(effect(later)).isEqualTo(first);
    assertThat(((Work.ToDo) Scopes.now(executor.next(QUEUE, later)).work()).changedBack()).isZero();
  }

  /** Before it was off, what is pending was only not paused yet. */
  @Test
  void whoSetsPausedJobsBackIsLookedForOnceItWasOff() {
    work();
    assertThat(tables.asked).isEmpty();

    Scopes.now(executor.next(QUEUE, scope.withDoneAt(Optional.of(scope.now()))));
    assertThat(tables.asked).contains("bs-run-1/back/apply/");
  }

  @Test
  void jobsThatSomebodySetBackArePausedAgainAndCountAsChangedBack() {
    tables.found =
        new JobTables.Found(Optional.of(DATABASE), List.of(), Rows.SOME, true, Rows.NONE);

    assertThat(effect(scope).where()).isEqualTo("status = 'pending'");
    assertThat(work())
        .isEqualTo(
            new Work.ToDo(
                1,
                "Rows of table jobs that were paused were set back by somebody else. database db: rows of table jobs paused.",
                1));
  }

  @ParameterizedTest
  @CsvSource({"NONE", "LOCKED"})
  void jobsThatHangAreEndedForGood(Rows pending) {
    tables.found = Tables.found(pending, Rows.SOME);

    var effect = effect(scope);

    assertThat(effect.where()).isEqualTo("status = 'running'");
    assertThat(effect.kept()).isFalse();
    assertThat(effect.takes()).isNull();
    assertThat(effect.reversal("a/b/apply/1/0")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"LOCKED,NONE", "NONE,LOCKED", "LOCKED,LOCKED"})
  void rowsThatWorkersHaveLockedAreWaitedFor(Rows pending, Rows stuck) {
    tables.found = Tables.found(pending, stuck);

    assertThat(work()).isInstanceOf(Work.Rolling.class);
  }

  @Test
  void withNoneLeftItIsOff() {
    assertThat(work()).isInstanceOf(Work.Observed.class);
  }

  @Test
  void aDatabaseThatIsDownIsWaitedFor() {
    tables.found =
        new JobTables.Found(Optional.empty(), List.of(PROBLEM), Rows.NONE, false, Rows.NONE);

    assertThat(work()).isInstanceOf(Work.Rolling.class);
  }

  @Test
  void whatCannotBePausedIsSaid() {
    tables.found =
        new JobTables.Found(Optional.of(DATABASE), List.of(PROBLEM), Rows.NONE, false, Rows.NONE);

    assertThat(work()).isEqualTo(new Work.Impossible(PROBLEM.reason(), PROBLEM.message()));
    assertThat(Scopes.now(executor.preflight(QUEUE, scope))).containsExactly(PROBLEM);
  }

  @Test
  void itIsAHoldThatReadsASecret() {
    assertThat(executor.traits(QUEUE)).isEqualTo(Traits.HOLD);
    assertThat(executor.rights(QUEUE, scope))
        .containsExactly(new Right("get", "", "secrets", List.of("db")));
  }
}
