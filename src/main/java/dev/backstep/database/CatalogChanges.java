package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Alters objects of databases' catalogues, each only as long as it is as it was looked at. */
@Singleton
public class CatalogChanges extends OneTransaction<CatalogChange> {
  private static final String CHANGED = "it was changed at this moment; it is looked at again";

  private final MarkedTransactions transactions;

  public CatalogChanges(MarkedTransactions transactions, Fence fence, SqlReversals reversals) {
    super(CatalogChange.class, transactions, fence, reversals);
    this.transactions = transactions;
  }

  @Override
  Outcome.Applied done(CatalogChange effect, Connection connection, String mark)
      throws SQLException, NotDoneException {
    return new CatalogBody(connection, effect, mark).done();
  }

  @Override
  public List<String> preview(CatalogChange effect, Author author) {
    var lines =
        Stream.concat(
            effect.alterations().stream().map(Alteration::shown), effect.notes().stream());
    return Stream.concat(problem(effect, author).map(Problem::message).stream(), lines).toList();
  }

  /** Why it could not be done now, found by doing it in a transaction that is rolled back. */
  Optional<Problem> problem(CatalogChange effect, Author author) {
    try {
      transactions.tried(effect, author, (connection, mark) -> done(effect, connection, mark));
      return Optional.empty();
    } catch (NotDoneException e) {
      return Optional.of(problem(e.outcome()));
    }
  }

  private static Problem problem(Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      return failed.problem();
    }
    return outcome instanceof Outcome.NotSent later
        ? later.problem()
        : new Problem("CatalogChanged", CHANGED);
  }
}
