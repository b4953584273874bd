package dev.backstep.database;

import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Outside;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/** Looks at the job table of a database in memory. */
public final class SimulatedJobTables extends JobTables {
  private static final int OK = 200;

  private final DatabaseLooks looks;
  private final Outside outside;

  public SimulatedJobTables(Outside outside, ScheduledExecutorService threads) {
    this(outside, new DatabaseLooks(null, threads));
  }

  private SimulatedJobTables(Outside outside, DatabaseLooks looks) {
    super(looks);
    this.outside = outside;
    this.looks = looks;
  }

  @Override
  public CompletionStage<Found> look(JobTable queue, Optional<String> paused, Author author) {
    return looks.later(() -> found(queue, paused.orElse("")));
  }

  private Found found(JobTable queue, String paused) {
    try {
      var said =
          outside.ask(
              "sql/%s/jobs/asked".formatted(queue.databaseRef().name()),
              Map.of("paused", paused),
              () -> true);
      return said.status() == OK
          ? new Found(
              Optional.of(new Identity("simulated", 1)),
              List.of(),
              said.text().startsWith("0") ? Rows.NONE : Rows.SOME,
              said.text().endsWith("back"),
              Rows.NONE)
          : unreachable("it cannot be reached");
    } catch (IOException e) {
      return unreachable(e.getMessage());
    }
  }

  private static Found unreachable(String why) {
    return new Found(
        Optional.empty(),
        List.of(new Problem("DatabaseUnreachable", why)),
        Rows.NONE,
        false,
        Rows.NONE);
  }

  @Override
  public CompletionStage<List<Problem>> problems(JobTable queue, Author author) {
    return CompletableFuture.completedStage(List.of());
  }
}
