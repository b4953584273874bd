package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Statements in one transaction, which also leaves the effect's mark in the database. If it takes
 * another effect back, the rows that one remembered are written back first.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the database that was looked at
 * @param statements what is executed; null: nothing
 * @param binds values of the arguments, by name
 * @param lockTimeout how long a statement waits for a lock
 * @param statementTimeout how long one statement may take
 * @param maxRows more affected rows than this are rolled back; null: any number
 * @param remember rows that are kept before; with {@code reverses}, that are written back
 * @param check what must be true before the commit; null: nothing
 * @param undo what is executed to take this back, after rows were written back; null: nothing
 * @param reverses mark of the effect that this one takes back; null: none
 * @param summary the effect in a few words
 * @param takes what is kept off once this is applied; null: nothing
 * @param givesBack what is not kept off any more once this is applied; null: nothing
 */
public record SqlTransaction(
    String databaseRef,
    Identity database,
    String statements,
    Map<String, String> binds,
    Duration lockTimeout,
    Duration statementTimeout,
    Integer maxRows,
    List<Sql.Remember> remember,
    Sql.Check check,
    String undo,
    String reverses,
    String summary,
    Hold takes,
    Hold givesBack)
    implements SqlEffect {

  public SqlTransaction {
    binds = binds == null ? Map.of() : Map.copyOf(binds);
    remember = remember == null ? List.of() : List.copyOf(remember);
  }

  /**
   * What an action wants to be done.
   *
   * @param database what {@link Sessions} says which database it is
   * @param binds values of the run's arguments, by name; those that are not bound are left out
   * @param statementTimeout how long one statement may take: not longer than the action
   * @param takes what is kept off once it is applied; null: it is no hold
   */
  public static SqlTransaction of(
      Sql action,
      Identity database,
      Map<String, String> binds,
      Duration statementTimeout,
      Hold takes) {
    return new SqlTransaction(
        action.databaseRef().name(),
        database,
        action.statements(),
        SqlTexts.bound(action, binds),
        Durations.of(action.lockTimeout()),
        statementTimeout,
        action.maxRows(),
        action.remember(),
        action.check(),
        action.undo(),
        null,
        "database %s: %s".formatted(action.databaseRef().name(), SqlTexts.shown(action)),
        takes,
        null);
  }

  /** Rows that others change meanwhile would not be remembered. */
  @Override
  public boolean steady() {
    return !remember.isEmpty() && reverses == null;
  }

  @Override
  public Optional<SqlEffect> reversal(String mark) {
    return remember.isEmpty() && undo == null
        ? Optional.empty()
        : Optional.of(
            new SqlTransaction(
                databaseRef,
                database,
                undo,
                binds,
                lockTimeout,
                statementTimeout,
                null,
                remember,
                null,
                null,
                mark,
                "%s, taken back".formatted(summary),
                null,
                takes));
  }
}
