package dev.backstep.action.sql;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.DeclaredEffect;
import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.Identity;
import dev.backstep.database.SqlPreflight;
import dev.backstep.database.SqlPreflight.Found;
import dev.backstep.database.SqlStatement;
import dev.backstep.database.SqlTransaction;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Executes statements in a database. What was done is known from the run's own record. */
@ApplicationScoped
public class SqlExecutor implements ActionExecutor<Sql> {
  /** A database that cannot be reached may be back soon. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final SqlPreflight preflight;

  public SqlExecutor(SqlPreflight preflight) {
    this.preflight = preflight;
  }

  @Override
  public Class<Sql> type() {
    return Sql.class;
  }

  @Override
  public Traits traits(Sql action) {
    return Traits.declared(action.effect(), action.destructive());
  }

  @Override
  public List<Right> rights(Sql action, ActionScope scope) {
    return List.of(new Right("get", "", "secrets", List.of(action.databaseRef().name())));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(Sql action, ActionScope scope) {
    var invalid = preflight.invalid(action);
    return preflight
        .problems(action, scope.author())
        .thenApply(found -> Stream.concat(invalid.stream(), found.stream()).toList());
  }

  @Override
  public CompletionStage<Optional<String>> database(Sql action, ActionScope scope) {
    return preflight
        .identity(action, scope.author())
        .thenCompose(
            found ->
                found.identity().isPresent()
                    ? CompletableFuture.completedStage(found.identity().flatMap(Identity::said))
                    : CompletableFuture.failedStage(new ProblemException(found.problem())));
  }

  @Override
  public CompletionStage<Step> next(Sql action, ActionScope scope) {
    return scope.applied()
        ? Step.done("it was committed.").now()
        : preflight.identity(action, scope.author()).thenApply(found -> left(action, found, scope));
  }

  private static Step left(Sql action, Found found, ActionScope scope) {
    return found
        .identity()
        .map(database -> Step.todo(List.of(effect(action, database, scope))))
        .orElseGet(() -> Step.of(new Work.Rolling(found.problem().message(), LOOK_AGAIN)));
  }

  private static Effect effect(Sql action, Identity database, ActionScope scope) {
    var limit = scope.timeout();
    return action.transaction() == Sql.Transaction.None
        ? SqlStatement.of(action, database, scope.args(), limit, hold(action, scope))
        : SqlTransaction.of(action, database, scope.args(), limit, hold(action, scope));
  }

  private static Hold hold(Sql action, ActionScope scope) {
    var database = new Target("database", action.databaseRef().name());
    return action.effect() == DeclaredEffect.Hold
        ? scope.holds(database, "as it was", "changed by action %s".formatted(scope.action()))
        : null;
  }
}
