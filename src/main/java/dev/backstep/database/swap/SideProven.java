package dev.backstep.database.swap;

import dev.backstep.database.Identity;
import java.time.Duration;
import java.util.Map;

/**
 * Gives a database that is loaded the rights, settings and connection limit of the live one,
 * compares them, and says that it may go live.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the server, and the live database that was looked at
 * @param live its name
 * @param names what the databases of the restore are called
 * @param side OID of the database that is loaded
 * @param facts what was found in it, which it keeps beside what it knows of itself
 * @param timeout how long one statement may take
 */
public record SideProven(
    String databaseRef,
    Identity database,
    String live,
    Names names,
    long side,
    Map<String, String> facts,
    Duration timeout)
    implements SwapEffect {
  public SideProven {
    facts = Map.copyOf(facts);
  }

  @Override
  public String summary() {
    return "database %s: rights and settings of %s".formatted(names.side(live), live);
  }
}
