package dev.backstep.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.effect.Author;
import dev.backstep.runbook.ItemAnswers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What an action in a run of namespace shop may know. */
public final class Scopes {
  /** When the run entered the level. */
  public static final Instant SINCE = Instant.parse("2026-11-21T12:00:00Z");

  private Scopes() {}

  /** An answer that is there already. */
  public static <T> T now(CompletionStage<T> answer) {
    var future = answer.toCompletableFuture();
    assertThat(future).isDone();
    return future.join();
  }

  /** Action {@code back} of the run with claim bs-run-1. */
  public static ActionScope of() {
    return of(PlanFacts.NONE);
  }

  /** As {@link #of()}, with what humans answered. */
  public static ActionScope of(ItemAnswers answers) {
    return of(PlanFacts.NONE.withAnswers(answers));
  }

  /** As {@link #of()}, with what the run's plan knows. */
  public static ActionScope of(PlanFacts facts) {
    return new ActionScope(
        new Author("shop", "runner"),
        new Holder("RollbackPlan", "web", "INC-1", "bs-run-1", "back", "rollBack"),
        SINCE.plusSeconds(60),
        SINCE,
        Map.of(),
        Duration.ofMinutes(10),
        Optional.empty(),
        Optional.empty(),
        1,
        List.of(),
        List.of(),
        Optional.empty(),
        facts,
        false);
  }
}
