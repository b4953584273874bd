package dev.backstep.database;

import dev.backstep.effect.Effect;
import dev.backstep.effect.Target;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What all effects on databases have. */
public sealed interface SqlEffect extends Effect
    permits SqlTransaction, SqlStatement, CatalogChange, BatchedUpdate, TableClearing {
  /** Name of the Secret that says where the database is. */
  String databaseRef();

  /** The database that was looked at: nothing is done in another one. */
  Identity database();

  /** The values of the arguments that its SQL binds, by name. */
  default Map<String, String> binds() {
    return Map.of();
  }

  /** How long a statement waits for a lock. */
  Duration lockTimeout();

  /** How long one statement may take. */
  Duration statementTimeout();

  /** Mark of the effect that this one takes back; null: it takes none back. */
  String reverses();

  /** True when it takes back the effect with this mark. */
  default boolean takesBack(String mark) {
    return mark.equals(reverses());
  }

  /** What takes this effect back; empty: there is nothing to put back. */
  Optional<SqlEffect> reversal(String mark);

  /** True when rows that others change meanwhile make it fail. */
  default boolean steady() {
    return false;
  }

  /** How long the server lets a statement take. */
  default Session.Limits limits() {
    return new Session.Limits(lockTimeout(), statementTimeout());
  }

  @Override
  default Target target() {
    return new Target("database", databaseRef());
  }

  @Override
  default Optional<Target> answering() {
    return Optional.of(target());
  }
}
