package dev.backstep.action.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.database.CheckConditions;
import dev.backstep.database.SqlPreflight;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.testing.PlanYaml;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class SqlExecutorTest {
  /** Whatever the database says is not asked here. */
  private final SqlPreflight preflight =
      new SqlPreflight(null, new CheckConditions()) {
        @Override
        public CompletionStage<List<Problem>> problems(Sql action, Author author) {
          return CompletableFuture.completedStage(List.of());
        }
      };

  private final SqlExecutor executor = new SqlExecutor(preflight);

  private static Sql sql(String statements) {
    return PlanYaml.spec(
            """
            gates: []
            levels:
            - name: only
              actions:
              - name: back
                sql: {effect: Repair, destructive: true, databaseRef: {name: db}, statements: "%s"}
            """
                .formatted(statements))
        .allActions()
        .findFirst()
        .orElseThrow()
        .sql();
  }

  private List<Problem> problems(String statements) {
    return Scopes.now(executor.preflight(sql(statements), Scopes.of()));
  }

  /** Without a run nobody has given it yet; a run that does not give it is refused. */
  @Test
  void anArgWithoutADefaultIsNotMissingBeforeARunGivesIt() {
    assertThat(problems("delete from orders where tenant = :tenant")).isEmpty();
  }

  @Test
  void whatLeavesTheTransactionIsAProblem() {
    assertThat(problems("delete from orders where tenant = :tenant; commit"))
        .extracting(Problem::reason)
        .containsExactly("SqlNotAllowed");
  }
}
