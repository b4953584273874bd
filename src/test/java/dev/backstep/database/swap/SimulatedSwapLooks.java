package dev.backstep.database.swap;

import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.database.Identity;
import dev.backstep.database.QueryAnswer;
import dev.backstep.database.SessionEndedException;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.testing.Outside;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/** Looks at a {@link MemoryServer}: every query counts the rows, 7 before and 100 in the backup. */
public final class SimulatedSwapLooks extends SwapLooks {
  private static final Map<String, Long> ROWS =
      Map.of(MemoryServer.OLD_DATA, 7L, MemoryServer.NEW_DATA, 100L);

  private final Outside outside;
  private final ScheduledExecutorService threads;

  public SimulatedSwapLooks(Outside outside, ScheduledExecutorService threads) {
    super(null, null, null);
    this.outside = outside;
    this.threads = threads;
  }

  private <T> CompletionStage<T> later(Supplier<T> look) {
    return CompletableFuture.supplyAsync(look, threads);
  }

  private String said(String databaseRef) throws IOException {
    var said = outside.ask("restore/%s/asked".formatted(databaseRef), Map.of(), () -> true);
    if (said.status() != SimulatedSessions.OK) {
      throw new IOException("it cannot be reached");
    }
    return said.text();
  }

  @Override
  public CompletionStage<Looked> look(String databaseRef, Author author, Names names) {
    return later(
        () -> {
          try {
            return new Looked.Seen(MemoryServer.read(said(databaseRef), names));
          } catch (IOException e) {
            return new Looked.NotSeen(new Problem("DatabaseUnreachable", "No answer came."));
          }
        });
  }

  @Override
  public CompletionStage<List<Problem>> preflight(String databaseRef, Author author, Names names) {
    return later(List::of);
  }

  @Override
  public CompletionStage<List<OtherSession>> writers(String databaseRef, Author author) {
    return later(List::of);
  }

  @Override
  public CompletionStage<List<String>> followers(String databaseRef, Author author) {
    return later(List::of);
  }

  @Override
  public CompletionStage<QueryAnswer> query(
      Query query, Author author, Map<String, String> binds, String database, Identity expected) {
    return later(() -> answer(query, expected));
  }

  private static CompletionException missing() {
    return new CompletionException(
        new ProblemException(new Problem("DatabaseMissing", "There is no such database.")));
  }

  private QueryAnswer answer(Query query, Identity expected) {
    try {
      var rows =
          MemoryServer.told(said(query.databaseRef().name())).stream()
              .filter(it -> it.oid() == expected.oid() && it.accepts())
              .map(it -> ROWS.getOrDefault(it.data(), (long) it.data().length()))
              .findFirst()
              .orElseThrow(SimulatedSwapLooks::missing);
      return new QueryAnswer(rows, List.of(Map.of("count", rows)));
    } catch (IOException e) {
      throw new CompletionException(
          new SessionEndedException(new Problem("DatabaseUnreachable", "No answer came.")));
    }
  }
}
