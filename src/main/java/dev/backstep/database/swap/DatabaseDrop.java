package dev.backstep.database.swap;

import dev.backstep.database.Identity;
import dev.backstep.effect.Target;
import java.time.Duration;

/**
 * Drops a database that a restore made, or put aside; never the live one. There is no way back.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the server, and the live database, which is not touched
 * @param live its name
 * @param names what the databases of the restore are called
 * @param name of the database that goes
 * @param oid its OID
 * @param timeout how long it may take
 */
public record DatabaseDrop(
    String databaseRef,
    Identity database,
    String live,
    Names names,
    String name,
    long oid,
    Duration timeout)
    implements SwapEffect {
  /** Several of one restore may be dropped at the same time. */
  @Override
  public Target target() {
    return new Target("database", name);
  }

  @Override
  public String summary() {
    return "database %s: dropped".formatted(name);
  }
}
