package dev.backstep.database;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.SECRET;

import dev.backstep.api.v1alpha1.action.DeclaredEffect;
import dev.backstep.api.v1alpha1.action.DisableTriggers;
import dev.backstep.api.v1alpha1.action.ReplaceFunctions;
import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.testing.StandingClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The effectors on a database of a test, and effects as an action makes them. */
final class SqlEffects implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  static final String CLAIM = "bs-run-1";
  static final Instant NOT_AFTER = NOW.plusSeconds(60);

  private final TestDatabase database;
  private final StandingClock clock = new StandingClock(NOW);
  private final SqlReversals reversals;
  private final SqlTransactions transactions;
  private final SqlStatements statements;
  private final CatalogChanges changes;
  private final DatabaseLooks looks;

  SqlEffects() {
    this(TestServer.shared());
  }

  SqlEffects(TestServer server) {
    database = new TestDatabase(server);
    var sessions = database.sessions();
    var fence = new Fence(sessions);
    looks = new DatabaseLooks(sessions);
    reversals = new SqlReversals(looks);
    var marked = new MarkedTransactions(sessions, clock);
    transactions = new SqlTransactions(marked, new CheckConditions(), fence, reversals);
    statements = new SqlStatements(sessions, clock, fence, reversals);
    changes = new CatalogChanges(marked, fence, reversals);
  }

  TestDatabase database() {
    return database;
  }

  StandingClock clock() {
    return clock;
  }

  SqlTransactions transactions() {
    return transactions;
  }

  SqlStatements statements() {
    return statements;
  }

  CatalogChanges changes() {
    return changes;
  }

  SqlPreflight preflight() {
    return new SqlPreflight(looks, new CheckConditions());
  }

  Triggers triggers() {
    return new Triggers(looks);
  }

  Functions functions() {
    return new Functions(looks, changes);
  }

  static Mark mark(int number) {
    return new Mark(CLAIM, "fix", Intent.Verb.Apply, number, 0);
  }

  static Mark undoMark(int number) {
    return new Mark(CLAIM, "fix", Intent.Verb.Undo, number, 0);
  }

  Identity identity() throws NoSessionException {
    try (var session = database.sessions().open(SECRET, AUTHOR, Duration.ofSeconds(5))) {
      return session.identity();
    }
  }

  /** What a plan says, to be completed. */
  static final class Action {
    private final List<Sql.Remember> remember = new ArrayList<>();
    private final String statements;
    private Integer maxRows;
    private Sql.Check check;
    private String undo;

    Action(String statements) {
      this.statements = statements;
    }

    Action maxRows(int rows) {
      maxRows = rows;
      return this;
    }

    Action check(String query, String condition) {
      check = new Sql.Check(query, condition);
      return this;
    }

    Action undo(String sql) {
      undo = sql;
      return this;
    }

    Action remember(String table, List<String> key, List<String> columns, String where) {
      remember.add(new Sql.Remember(table, key, columns, where));
      return this;
    }

    Sql sql() {
      return new Sql(
          DeclaredEffect.Repair,
          false,
          new Ref(SECRET),
          statements,
          Sql.Transaction.Single,
          "1s",
          maxRows,
          remember.isEmpty() ? null : remember,
          check,
          undo);
    }
  }

  SqlTransaction effect(Action action) throws NoSessionException {
    return effect(action, Map.of());
  }

  SqlTransaction effect(Action action, Map<String, String> binds) throws NoSessionException {
    return SqlTransaction.of(action.sql(), identity(), binds, Duration.ofSeconds(20), null);
  }

  SqlTransaction effect(String statements) throws NoSessionException {
    return effect(new Action(statements));
  }

  SqlStatement statement(Action action) throws NoSessionException {
    return SqlStatement.of(action.sql(), identity(), Map.of(), Duration.ofSeconds(20), null);
  }

  /** The triggers of these tables, all of them or those of users, are to be off. */
  CatalogChange off(DisableTriggers.Triggers which, String... tables) {
    return change(
        triggers()
            .look(new DisableTriggers(new Ref(SECRET), List.of(tables), which), AUTHOR, CLAIM));
  }

  /** These functions are to be others. */
  CatalogChange replaced(ReplaceFunctions.Function... functions) {
    return change(
        functions().look(new ReplaceFunctions(new Ref(SECRET), List.of(functions)), AUTHOR, CLAIM));
  }

  private static CatalogChange change(CompletionStage<CatalogFound> look) {
    var found = look.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    return (CatalogChange) found.step(SECRET, Duration.ofSeconds(20), "it", null).effects().get(0);
  }

  Outcome send(CatalogChange effect, Mark mark) {
    return changes.send(effect, mark, AUTHOR, NOT_AFTER);
  }

  /** Takes an effect on the catalogue back. */
  Outcome undone(CatalogChange effect, Mark mark) throws Exception {
    var sent = List.of(new Sent<>(effect, mark, new Outcome.Applied(null)));
    var step =
        changes.reverse(sent, List.of(), AUTHOR).toCompletableFuture().get(20, TimeUnit.SECONDS);
    return send((CatalogChange) step.effects().get(0), undoMark(mark.number()));
  }

  Outcome send(SqlTransaction effect, Mark mark) {
    return transactions.send(effect, mark, AUTHOR, NOT_AFTER);
  }

  Outcome close(SqlTransaction effect, Mark mark, boolean wanted) {
    return transactions.close(effect, mark, wanted, AUTHOR, NOT_AFTER);
  }

  /** What is left of taking back one effect that was applied. */
  Step reverse(SqlTransaction effect, Mark mark, List<Sent<?>> back) throws Exception {
    var sent = List.of(new Sent<>(effect, mark, new Outcome.Applied(null)));
    return transactions.reverse(sent, back, AUTHOR).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Takes an effect back. */
  Outcome undone(SqlTransaction effect, Mark mark) throws Exception {
    var step = reverse(effect, mark, List.of());
    return send((SqlTransaction) step.effects().get(0), undoMark(mark.number()));
  }

  @Override
  public void close() {
    looks.stop();
    database.close();
  }
}
