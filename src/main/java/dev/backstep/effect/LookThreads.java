package dev.backstep.effect;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Threads for looks: whoever is asked what there is now may take long to answer, and no pass waits
 * for that. So many are asked at once, whoever wants to know.
 */
@ApplicationScoped
public class LookThreads {
  /** As many as are changed at once. */
  private static final int AT_ONCE = 16;

  private final ExecutorService threads;
  private final ScheduledExecutorService timer;

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
  }

  /** What is asked there; what it throws is how it ends. */
  public <T> CompletableFuture<T> ask(Supplier<T> question) {
    return CompletableFuture.supplyAsync(question, threads);
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

  @PreDestroy
  void stop() {
    timer.shutdown();
    threads.shutdown();
  }
}
