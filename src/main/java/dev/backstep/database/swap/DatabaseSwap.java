package dev.backstep.database.swap;

import dev.backstep.database.Identity;
import java.time.Duration;

/**
 * Puts one database in the place of another by two renames in one transaction. The other one is
 * kept, and takes no connections.
 *
 * @param databaseRef name of the Secret that says where the database is
 * @param database the server, and the live database that leaves
 * @param live the name that the one leaves to the other
 * @param names what the databases of the restore are called
 * @param comes OID of the database that goes live
 * @param back true: it was live before, and comes back; what was written since is put aside
 * @param timeout how long one statement may take that locks nobody out
 * @param reverses mark of the swap that this one takes back; null: none
 */
public record DatabaseSwap(
    String databaseRef,
    Identity database,
    String live,
    Names names,
    long comes,
    boolean back,
    Duration timeout,
    String reverses)
    implements SwapEffect {

  /** What the one that goes live is called before. */
  String comesFrom() {
    return back ? names.old(live) : names.side(live);
  }

  /** What the one that leaves is called afterwards. */
  String leavesTo() {
    return back ? names.undone(live) : names.old(live);
  }

  /** What takes this effect back. */
  DatabaseSwap reversal(String mark) {
    return new DatabaseSwap(
        databaseRef,
        new Identity(database.system(), comes),
        live,
        names,
        database.oid(),
        true,
        timeout,
        mark);
  }

  @Override
  public String summary() {
    return "database %1$s: %2$s goes live, %1$s is kept as %3$s"
        .formatted(live, comesFrom(), leavesTo());
  }
}
