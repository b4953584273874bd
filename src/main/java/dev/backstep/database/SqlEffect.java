package dev.backstep.database;

import dev.backstep.effect.Effect;
import dev.backstep.effect.Target;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What all effects on databases have. */
public sealed interface SqlEffect extends Effect permits SqlTransaction, SqlStatement {
  /** Name of the Secret that says where the database is. */
  String databaseRef();

  /** The database that was looked at: nothing is done in another one. */
  Identity database();

  /** What is executed; null: nothing. */
  String statements();

  /** The values of the arguments that the statements bind, by name. */
  Map<String, String> binds();

  /** How long a statement waits for a lock. */
  Duration lockTimeout();

  /** How long one statement may take. */
  Duration statementTimeout();

  /** Mark of the effect that this one takes back; null: it takes none back. */
  String reverses();

  /** What takes this effect back; empty: there is nothing to put back. */
  Optional<SqlEffect> reversal(String mark);

  /** How long the server lets a statement take. */
  default Session.Limits limits() {
    return new Session.Limits(lockTimeout(), statementTimeout());
  }

  @Override
  default Target target() {
    return new Target("database", databaseRef());
  }
}
