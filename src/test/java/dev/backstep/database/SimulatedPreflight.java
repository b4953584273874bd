package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Finds that every database is there, and the same as ever. */
public final class SimulatedPreflight extends SqlPreflight {
  private static final Found SAME = new Found(Optional.of(new Identity("simulated", 1)), null);

  private final Delay delay;

  public SimulatedPreflight(Delay delay) {
    super(null, null);
    this.delay = delay;
  }

  /** How long databases take. */
  @FunctionalInterface
  public interface Delay {
    /** The answer, when it comes. */
    <T> CompletionStage<T> later(T answer);
  }

  @Override
  public List<Problem> invalid(Sql action) {
    return List.of();
  }

  @Override
  public CompletionStage<List<Problem>> problems(Sql action, Author author) {
    return delay.later(List.of());
  }

  @Override
  public CompletionStage<Found> identity(Sql action, Author author) {
    return delay.later(SAME);
  }
}
