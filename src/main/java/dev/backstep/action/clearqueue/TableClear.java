package dev.backstep.action.clearqueue;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.sync.ClearTable;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.ClearTables;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** A queue in a table: one transaction, which keeps what was in it. */
@ApplicationScoped
class TableClear implements Clearing<ClearTable> {
  /** A database that cannot be reached may be back soon. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final ClearTables tables;

  TableClear(ClearTables tables) {
    this.tables = tables;
  }

  @Override
  public Class<ClearTable> type() {
    return ClearTable.class;
  }

  @Override
  public List<Right> rights(ClearTable table, Wanted wanted) {
    return Right.ofSecrets(Stream.of(table.databaseRef().name()));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(
      ClearTable table, Wanted wanted, ActionScope scope) {
    return look(table, wanted, scope).thenApply(ClearTables.Found::problems);
  }

  @Override
  public String pin(ClearTable table) {
    return "table %s of database %s, by %s"
        .formatted(table.table(), table.databaseRef().name(), table.method());
  }

  @Override
  public CompletionStage<Step> next(ClearTable table, Wanted wanted, ActionScope scope) {
    return scope.applied()
        ? Step.done("the queue was cleared.").now()
        : look(table, wanted, scope).thenApply(TableClear::left);
  }

  @Override
  public CompletionStage<Step> preview(ClearTable table, Wanted wanted, ActionScope scope) {
    return next(table, wanted, scope);
  }

  private static Step left(ClearTables.Found found) {
    var messages = found.problems().stream().map(Problem::message).toList();
    if (!found.reached()) {
      return Step.of(new Work.Rolling(Sentences.all(messages, ""), LOOK_AGAIN));
    }
    return found
        .effect()
        .map(effect -> Step.todo(List.of(effect)))
        .orElseGet(
            () -> Step.impossible(found.problems().get(0).reason(), Sentences.all(messages, "")));
  }

  private CompletionStage<ClearTables.Found> look(
      ClearTable table, Wanted wanted, ActionScope scope) {
    return tables.look(table, wanted.maxItems(), scope.now(), scope.timeout(), scope.author());
  }
}
