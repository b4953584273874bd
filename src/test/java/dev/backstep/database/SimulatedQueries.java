package dev.backstep.database;

import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.testing.Outside;
import dev.backstep.testing.Outside.Said;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/** Asks a database in memory, which answers every question with one number. */
public final class SimulatedQueries extends Queries {
  private static final int OK = 200;

  private final DatabaseLooks looks;
  private final Outside outside;

  public SimulatedQueries(Outside outside, ScheduledExecutorService threads) {
    this(outside, new DatabaseLooks(null, threads));
  }

  private SimulatedQueries(Outside outside, DatabaseLooks looks) {
    super(null, looks);
    this.outside = outside;
    this.looks = looks;
  }

  @Override
  public CompletionStage<List<Problem>> problems(
      Query query, Author author, Map<String, String> binds) {
    return looks.later(List::of);
  }

  @Override
  public CompletionStage<QueryAnswer> ask(Query query, Author author, Map<String, String> binds) {
    return looks.later(() -> answer(query));
  }

  private QueryAnswer answer(Query query) {
    try {
      var where = "sql/%s/asked".formatted(query.databaseRef().name());
      var said = outside.ask(where, Map.of("query", query.query()), () -> true);
      if (said.status() != OK) {
        throw unreachable("it cannot be reached");
      }
      return number(said);
    } catch (IOException e) {
      throw unreachable(e.getMessage());
    }
  }

  private static QueryAnswer number(Said said) {
    var value = Long.valueOf(said.text());
    return new QueryAnswer(value, List.of(Map.of("value", value)));
  }

  private static CompletionException unreachable(String why) {
    return new CompletionException(new ProblemException(new Problem("DatabaseUnreachable", why)));
  }
}
