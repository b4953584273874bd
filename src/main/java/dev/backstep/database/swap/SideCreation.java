package dev.backstep.database.swap;

import dev.backstep.database.Identity;
import java.time.Duration;

/**
 * Makes an empty database beside the live one, with its owner, encoding, locale and tablespace, to
 * which nobody but the owner may connect.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the server, and the live database that was looked at
 * @param live its name
 * @param names what the databases of the restore are called
 * @param timeout how long one statement may take
 */
public record SideCreation(
    String databaseRef, Identity database, String live, Names names, Duration timeout)
    implements SwapEffect {
  @Override
  public String summary() {
    return "database %s: made, empty".formatted(names.side(live));
  }
}
