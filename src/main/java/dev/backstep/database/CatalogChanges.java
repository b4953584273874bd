package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Effector;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Alters objects of databases' catalogues, each only as long as it is as it was looked at. */
@ApplicationScoped
public class CatalogChanges implements Effector<CatalogChange> {
  private static final String CHANGED = "it was changed at this moment; it is looked at again";

  private final MarkedTransactions transactions;
  private final Fence fence;
  private final SqlReversals reversals;

  public CatalogChanges(MarkedTransactions transactions, Fence fence, SqlReversals reversals) {
    this.transactions = transactions;
    this.fence = fence;
    this.reversals = reversals;
  }

  @Override
  public Class<CatalogChange> type() {
    return CatalogChange.class;
  }

  /** What is not as it was looked at may be so again: then it must not be altered any more. */
  @Override
  public Outcome send(CatalogChange effect, Mark mark, Author author, Instant notAfter) {
    var outcome =
        transactions.done(
            effect,
            mark,
            author,
            notAfter,
            (connection, text) -> new CatalogBody(connection, effect, text).done());
    return outcome instanceof Outcome.Refused ? fence.fenced(effect, mark, author) : outcome;
  }

  @Override
  public Outcome close(
      CatalogChange effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return fence.closed(
        effect, mark, author, wanted ? () -> send(effect, mark, author, notAfter) : null);
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
      transactions.tried(
          effect, author, (connection, mark) -> new CatalogBody(connection, effect, mark).done());
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

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<CatalogChange>> sent, List<Sent<?>> back, Author author) {
    return reversals.left(sent, back, author);
  }

  @Override
  public Optional<Problem> forget(CatalogChange effect, String claim, Author author) {
    return transactions.forgotten(effect, claim, author);
  }
}
