package dev.backstep.effect;

import dev.backstep.turn.Turns;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Threads for looks: whoever is asked what there is now may take long to answer, and no pass waits
 * for that. So many are asked at once, whoever wants to know; one who asks much leaves threads to
 * the others.
 */
@ApplicationScoped
public class LookThreads {
  /** How long a look may take; nobody waits for what it asked any more after that. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  /** As many as are changed at once. */
  private static final int AT_ONCE = 16;

  /** Of those that are asked in turn; the other threads begin looks meanwhile. */
  private static final int IN_TURN_AT_ONCE = 8;

  private final ExecutorService threads;
  private final ScheduledExecutorService timer;
  private final Turns turns;

  @Inject
  public LookThreads() {
    this(Executors.newFixedThreadPool(AT_ONCE), Executors.newSingleThreadScheduledExecutor());
  }

  /** With threads of the caller's choice. */
  public LookThreads(ScheduledExecutorService threads) {
    this(threads, threads);
  }

  /** With threads and a timer of the caller's choice. */
  public LookThreads(ExecutorService threads, ScheduledExecutorService timer) {
    this.threads = threads;
    this.timer = timer;
    this.turns = new Turns(threads);
  }

  private <T> CompletableFuture<T> ask(Supplier<T> question) {
    return CompletableFuture.supplyAsync(question, threads);
  }

  /**
   * What is asked there, one of many questions: those of several owners are asked in turn. What it
   * throws is how it ends.
   *
   * @param owner on whose behalf it is asked
   */
  public <T> CompletableFuture<T> askInTurn(String owner, Supplier<T> question) {
    return turns
        .take(LookThreads.class, IN_TURN_AT_ONCE, owner, () -> ask(question))
        .toCompletableFuture();
  }

  /** Lets an answer that did not come in time end with a {@link TimeoutException}. */
  public void limit(CompletableFuture<?> answer, Duration limit) {
    var end =
        timer.schedule(
            () ->
                answer.completeExceptionally(
                    new TimeoutException("no answer within %d s".formatted(limit.toSeconds()))),
            limit.toMillis(),
            TimeUnit.MILLISECONDS);
    answer.whenComplete((said, error) -> end.cancel(false));
  }

  /**
   * An answer, or something instead where there is none in time. Whoever goes on with it may ask
   * more: that is done on these threads, and never on the one that ends all the others in time.
   */
  public <T> CompletionStage<T> inTime(CompletableFuture<T> answer, Duration limit, T otherwise) {
    limit(answer, limit);
    return answer.handleAsync((said, error) -> error == null ? said : otherwise, threads);
  }

  @PreDestroy
  void stop() {
    timer.shutdown();
    threads.shutdown();
  }
}
