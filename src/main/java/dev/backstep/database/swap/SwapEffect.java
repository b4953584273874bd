package dev.backstep.database.swap;

import dev.backstep.database.Identity;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Target;
import java.time.Duration;
import java.util.Optional;

/** What all effects of a restore have that the operator itself has on the server. */
public sealed interface SwapEffect extends Effect
    permits SideCreation, SideProven, Disconnection, DatabaseSwap, DatabaseDrop {
  /** Name of the Secret that says where the database is. */
  String databaseRef();

  /** The server, and the database that was live, when it was looked at. */
  Identity database();

  /** Name of the live database, as the Secret said it. */
  String live();

  /** What the databases of the restore are called. */
  Names names();

  /** How long one statement may take. */
  Duration timeout();

  @Override
  default Target target() {
    return new Target("database", databaseRef());
  }

  @Override
  default Optional<Target> answering() {
    return Optional.of(target());
  }
}
