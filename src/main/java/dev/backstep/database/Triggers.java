package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.DisableTriggers;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Which triggers tables have, and what keeps them from being turned off. */
@ApplicationScoped
public class Triggers {
  private final DatabaseLooks looks;

  public Triggers(DatabaseLooks looks) {
    this.looks = looks;
  }

  /**
   * What would be turned off; asked in the background.
   *
   * @param claim of the run that asks; null: there is none
   */
  public CompletionStage<CatalogFound> look(DisableTriggers action, Author author, String claim) {
    return looks.later(
        action.databaseRef().name(),
        author,
        session -> found(action, session, claim),
        CatalogFound::nothing);
  }

  /** What keeps it from being done; asked in the background. */
  public CompletionStage<List<Problem>> problems(DisableTriggers action, Author author) {
    return looks.later(
        action.databaseRef().name(),
        author,
        session -> {
          Markers.check(session);
          return found(action, session, null).problems();
        },
        List::of);
  }

  private static CatalogFound found(DisableTriggers action, Session session, String claim)
      throws SQLException {
    var connection = session.connection();
    var all = action.triggers() == DisableTriggers.Triggers.All;
    var off = new TriggersOff(all, connection, session.name());
    for (var table : action.tables()) {
      off.add(table);
    }
    var holders = new HeldObjects(connection, claim);
    List<String> held = new ArrayList<>();
    List<Alteration> alterations = new ArrayList<>();
    for (var trigger : off.wanted()) {
      var alteration = trigger.alteration(connection);
      holders.held(alteration).ifPresent(held::add);
      if (!trigger.isOff()) {
        alterations.add(alteration);
      }
    }
    return new CatalogFound(
        Optional.of(session.identity()), alterations, off.notes(), held, off.problems());
  }
}
