package dev.backstep.database;

import dev.backstep.api.v1alpha1.status.Hold;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Objects of a database's catalogue that are altered in one transaction, all or none. Taken back,
 * each is as it was, where nobody else altered it since.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the database that was looked at
 * @param alterations what becomes of each object
 * @param notes what is left as it is, for people
 * @param lockTimeout how long it waits for a lock
 * @param statementTimeout how long one statement may take
 * @param reverses mark of the effect that this one takes back; null: none
 * @param summary the effect in a few words
 * @param takes what is kept off once this is applied; null: nothing
 * @param givesBack what is not kept off any more once this is applied; null: nothing
 */
public record CatalogChange(
    String databaseRef,
    Identity database,
    List<Alteration> alterations,
    List<String> notes,
    Duration lockTimeout,
    Duration statementTimeout,
    String reverses,
    String summary,
    Hold takes,
    Hold givesBack)
    implements SqlEffect {

  public CatalogChange {
    alterations = List.copyOf(alterations);
    notes = List.copyOf(notes);
  }

  @Override
  public Optional<SqlEffect> reversal(String mark) {
    return Optional.of(
        new CatalogChange(
            databaseRef,
            database,
            alterations,
            notes,
            lockTimeout,
            statementTimeout,
            mark,
            "%s, taken back".formatted(summary),
            null,
            takes));
  }
}
