package dev.backstep.database.swap;

import dev.backstep.database.NotDoneException;
import dev.backstep.database.Session;
import dev.backstep.effect.Outcome;
import java.sql.SQLException;

/**
 * What has to be true of the databases right before something is done to them, in the same session.
 * Where it is not, the exception says how the effect ends.
 */
final class Situation {
  private final Databases databases;
  private final SwapEffect effect;

  private Situation(Databases databases, SwapEffect effect) {
    this.databases = databases;
    this.effect = effect;
  }

  static Situation of(Session session, SwapEffect effect) throws SQLException {
    return new Situation(Databases.of(session, effect.names()), effect);
  }

  Databases databases() {
    return databases;
  }

  /** The live one is still the one that was looked at. */
  Databases.One live() throws NotDoneException {
    var live = databases.liveOne();
    if (live.filter(it -> it.oid() == effect.database().oid()).isEmpty()) {
      throw NotDoneException.failed(
          "ForeignState",
          "Database %s is not the one that was looked at before: somebody else replaced, renamed or dropped it. Nothing was changed. See which databases there are: \\l %s*"
              .formatted(effect.live(), effect.live()));
    }
    return live.get();
  }

  /**
   * The one with this OID has this name, and says that it is in this state.
   *
   * @param mark of the effect that is to be done, which must not be fenced
   */
  Databases.One of(long oid, String name, Note.State state, String mark) throws NotDoneException {
    return databases
        .with(oid)
        .filter(it -> it.name().equals(name) && it.is(effect.names(), state))
        .filter(it -> !it.note().orElseThrow().fences(mark))
        .orElseThrow(() -> new NotDoneException(new Outcome.Refused(null)));
  }

  /** Nobody has this name. */
  void free(String name) throws NotDoneException {
    if (databases.all().stream().anyMatch(it -> it.name().equals(name))) {
      throw NotDoneException.failed(
          "RestoreNameTaken",
          "There is a database %1$s already, and the restore would call another one so. Nothing was changed. Rename it, or drop it if nobody needs it: DROP DATABASE \"%1$s\";"
              .formatted(name));
    }
  }
}
