package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.DisableTriggers;
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
import java.util.stream.Stream;

/** Looks at the triggers of a database in memory. */
public final class SimulatedTriggerLooks extends Triggers {
  private static final int OK = 200;
  private static final String OFF = "DISABLE";

  private final DatabaseLooks looks;
  private final Outside outside;

  public SimulatedTriggerLooks(Outside outside, ScheduledExecutorService threads) {
    this(outside, new DatabaseLooks(null, threads));
  }

  private SimulatedTriggerLooks(Outside outside, DatabaseLooks looks) {
    super(looks);
    this.outside = outside;
    this.looks = looks;
  }

  @Override
  public CompletionStage<CatalogFound> look(DisableTriggers action, Author author, String claim) {
    return looks.later(() -> found(action));
  }

  private CatalogFound found(DisableTriggers action) {
    try {
      var where = "sql/%s/triggers".formatted(action.databaseRef().name());
      var said = outside.ask(where, Map.of(), () -> true);
      return said.status() == OK ? found(said.text()) : unreachable("it cannot be reached");
    } catch (IOException e) {
      return unreachable(e.getMessage());
    }
  }

  /** All of them: {@code name=state;name=state}. */
  private static CatalogFound found(String states) {
    var on =
        Stream.of(states.split(";"))
            .map(one -> one.split("="))
            .filter(one -> !one[1].equals(OFF))
            .map(one -> alteration(one[0], one[1]))
            .toList();
    return new CatalogFound(
        Optional.of(new Identity("simulated", 1)), on, List.of(), List.of(), List.of());
  }

  private static Alteration alteration(String name, String state) {
    return new Alteration(
        CatalogKind.TRIGGER,
        Map.of("trigger", name),
        "trigger " + name,
        state,
        OFF,
        name + ": off");
  }

  private static CatalogFound unreachable(String why) {
    return CatalogFound.nothing(new Problem("DatabaseUnreachable", why));
  }

  @Override
  public CompletionStage<List<Problem>> problems(DisableTriggers action, Author author) {
    return CompletableFuture.completedStage(List.of());
  }
}
