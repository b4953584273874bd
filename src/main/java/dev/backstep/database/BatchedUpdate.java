package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.effect.Mark;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rows of a table that are set to other values, in many short transactions: who works on the table
 * meanwhile waits for none of them for long. Taken back, all rows that this action set up to then
 * come back that still look as they were left.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the database that was looked at
 * @param table as a user calls it
 * @param key columns that say which row it is
 * @param where SQL condition on the rows; false once they are set
 * @param set SQL expression for each column
 * @param kept true: it is remembered which rows these are and what they were; false: nothing takes
 *     it back
 * @param resume SQL expression for each column of rows that come back; empty: each has the values
 *     that it had
 * @param lockTimeout how long it waits for the table
 * @param statementTimeout how long a statement may take that keeps nobody waiting
 * @param reverses mark of the newest effect that this one takes back, with all before it; null:
 *     none
 * @param summary the effect in a few words
 * @param takes what is kept off once this is applied; null: nothing
 * @param givesBack what is not kept off any more once this is applied; null: nothing
 */
public record BatchedUpdate(
    String databaseRef,
    Identity database,
    String table,
    List<String> key,
    String where,
    Map<String, String> set,
    boolean kept,
    Map<String, String> resume,
    Duration lockTimeout,
    Duration statementTimeout,
    String reverses,
    String summary,
    Hold takes,
    Hold givesBack)
    implements SqlEffect {

  public BatchedUpdate {
    key = List.copyOf(key);
    set = inOrder(set);
    resume = inOrder(resume);
  }

  /** The same effect is the same text in every process. */
  private static Map<String, String> inOrder(Map<String, String> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** The same, which keeps this off. */
  public BatchedUpdate taking(Hold hold) {
    return with(reverses, summary, hold, givesBack);
  }

  private BatchedUpdate with(String mark, String words, Hold taken, Hold given) {
    return new BatchedUpdate(
        databaseRef,
        database,
        table,
        key,
        where,
        set,
        kept,
        resume,
        lockTimeout,
        statementTimeout,
        mark,
        words,
        taken,
        given);
  }

  /** The rows, as they are remembered. */
  Sql.Remember rows() {
    return new Sql.Remember(table, key, List.copyOf(set.keySet()), null);
  }

  /** Rows that come late are set by an effect of their own; one takes all of them back. */
  @Override
  public boolean takesBack(String mark) {
    if (reverses == null) {
      return false;
    }
    var newest = Mark.parsed(reverses);
    var other = Mark.parsed(mark);
    return other.claim().equals(newest.claim())
        && other.action().equals(newest.action())
        && other.verb() == newest.verb()
        && other.number() <= newest.number();
  }

  @Override
  public Optional<SqlEffect> reversal(String mark) {
    return kept
        ? Optional.of(with(mark, "%s, taken back".formatted(summary), null, takes))
        : Optional.empty();
  }
}
