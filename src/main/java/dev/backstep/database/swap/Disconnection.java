package dev.backstep.database.swap;

import dev.backstep.database.Identity;
import java.time.Duration;

/**
 * Ends the sessions that others have with the live database, before what is in it is copied away.
 * They may connect again: who keeps on doing that is not kept off.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the server, and the live database
 * @param live its name
 * @param names what the databases of the restore are called
 * @param side OID of the database that is to go live, without which it is not done
 * @param timeout how long one statement may take
 */
public record Disconnection(
    String databaseRef, Identity database, String live, Names names, long side, Duration timeout)
    implements SwapEffect {
  @Override
  public String summary() {
    return "database %s: sessions of others are ended".formatted(live);
  }
}
