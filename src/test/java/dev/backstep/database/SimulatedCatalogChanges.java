package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Outside;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;

/** As {@link SimulatedTransactions}, for triggers and functions of a database in memory. */
public class SimulatedCatalogChanges extends CatalogChanges {
  private final SimulatedSql sql;

  public SimulatedCatalogChanges(Outside outside, Clock clock, ScheduledExecutorService threads) {
    this(new SimulatedSql(outside, clock), threads);
  }

  private SimulatedCatalogChanges(SimulatedSql sql, ScheduledExecutorService threads) {
    super(null, sql.fence(), SimulatedSql.reversals(threads));
    this.sql = sql;
  }

  @Override
  public Outcome send(CatalogChange effect, Mark mark, Author author, Instant notAfter) {
    return sql.send(effect, statements(effect), mark, notAfter);
  }

  private static String statements(CatalogChange effect) {
    if (effect.alterations().stream().allMatch(it -> it.kind() == CatalogKind.TRIGGER)) {
      return effect.alterations().stream()
          .map(it -> "%s=%s=%s".formatted(it.key().get("trigger"), it.before(), it.change()))
          .collect(Collectors.joining(";", "turn ", ""));
    }
    var alteration = effect.alterations().get(0);
    return effect.reverses() == null ? alteration.change() : alteration.before();
  }

  @Override
  public Optional<Problem> forget(CatalogChange effect, String claim, Author author) {
    return sql.forget(effect, claim);
  }

  @Override
  public List<String> preview(CatalogChange effect, Author author) {
    return List.of(effect.summary());
  }
}
