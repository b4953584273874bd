package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One statement outside of any transaction, for those that PostgreSQL does not take in one, such as
 * {@code CREATE INDEX CONCURRENTLY}. It is sent at most once; if its answer is lost, nobody can
 * find out what became of it.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the database that was looked at
 * @param statements the statement
 * @param binds values of the arguments, by name
 * @param lockTimeout how long it waits for a lock
 * @param statementTimeout how long it may take
 * @param undo the statement that takes this back; null: there is none
 * @param reverses mark of the effect that this one takes back; null: none
 * @param summary the effect in a few words
 * @param takes what is kept off once this is applied; null: nothing
 * @param givesBack what is not kept off any more once this is applied; null: nothing
 */
public record SqlStatement(
    String databaseRef,
    Identity database,
    String statements,
    Map<String, String> binds,
    Duration lockTimeout,
    Duration statementTimeout,
    String undo,
    String reverses,
    String summary,
    Hold takes,
    Hold givesBack)
    implements SqlEffect {

  public SqlStatement {
    binds = binds == null ? Map.of() : Map.copyOf(binds);
  }

  /** What an action wants to be done; as {@link SqlTransaction#of}. */
  public static SqlStatement of(
      Sql action,
      Identity database,
      Map<String, String> binds,
      Duration statementTimeout,
      Hold takes) {
    return new SqlStatement(
        action.databaseRef().name(),
        database,
        action.statements(),
        SqlTexts.bound(action, binds),
        Durations.of(action.lockTimeout()),
        statementTimeout,
        action.undo(),
        null,
        "database %s: %s".formatted(action.databaseRef().name(), SqlTexts.shown(action)),
        takes,
        null);
  }

  @Override
  public Optional<SqlEffect> reversal(String mark) {
    return Optional.ofNullable(undo)
        .map(
            sql ->
                new SqlStatement(
                    databaseRef,
                    database,
                    sql,
                    binds,
                    lockTimeout,
                    statementTimeout,
                    null,
                    mark,
                    "%s, taken back".formatted(summary),
                    null,
                    takes));
  }
}
