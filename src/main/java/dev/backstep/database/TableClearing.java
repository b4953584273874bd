package dev.backstep.database;

import dev.backstep.api.v1alpha1.sync.ClearTable.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A table that is emptied in one transaction; its rows are kept in another one. Taken back, they
 * are in the table again, where their keys are free.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the database that was looked at
 * @param table with its schema, quoted
 * @param oid which table it was when it was looked at
 * @param backup the table that has the rows afterwards, with its schema, quoted
 * @param method how it is emptied
 * @param maxItems more rows than this are left where they are; null: any number
 * @param taken when; with {@code retention}, says which earlier backups are dropped
 * @param retention earlier backups of the table that are older are dropped; null: none is
 * @param lockTimeout how long it waits for a lock
 * @param statementTimeout how long one statement may take
 * @param reverses mark of the effect that this one takes back; null: none
 * @param summary the effect in a few words
 */
public record TableClearing(
    String databaseRef,
    Identity database,
    String table,
    long oid,
    String backup,
    Method method,
    Integer maxItems,
    Instant taken,
    Duration retention,
    Duration lockTimeout,
    Duration statementTimeout,
    String reverses,
    String summary)
    implements SqlEffect {

  @Override
  public Optional<SqlEffect> reversal(String mark) {
    return Optional.of(
        new TableClearing(
            databaseRef,
            database,
            table,
            oid,
            backup,
            method,
            maxItems,
            taken,
            retention,
            lockTimeout,
            statementTimeout,
            mark,
            "%s, taken back".formatted(summary)));
  }
}
