package dev.backstep.measure;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Lets two at a time through to each target; the others wait, first come, first served. An
 * application that is ill is not helped by being asked by everybody at the same moment.
 */
final class Turns {
  private static final int AT_ONCE = 2;

  private final Executor executor;
  private final Map<String, Line> lines = new HashMap<>();

  /**
   * With threads for those that had to wait.
   *
   * @param executor begins what had to wait
   */
  Turns(Executor executor) {
    this.executor = executor;
  }

  private static final class Line {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int under;
  }

  /** Begins the work when it is its turn; the work has to end. */
  <T> CompletionStage<T> take(String target, Supplier<CompletionStage<T>> work) {
    var result = new CompletableFuture<T>();
    Runnable begin = () -> begin(target, work, result);
    if (enters(target, begin)) {
      begin.run();
    }
    return result;
  }

  private <T> void begin(
      String target, Supplier<CompletionStage<T>> work, CompletableFuture<T> result) {
    // Composed, so that work that throws gives its turn back as well.
    CompletableFuture.completedFuture(target)
        .thenCompose(it -> work.get())
        .whenComplete(
            (value, error) -> {
              leaves(target);
              if (error == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(error);
              }
            });
  }

  private synchronized boolean enters(String target, Runnable begin) {
    var line = lines.computeIfAbsent(target, it -> new Line());
    if (line.under == AT_ONCE) {
      line.waiting.add(begin);
      return false;
    }
    line.under++;
    return true;
  }

  private synchronized void leaves(String target) {
    var line = lines.get(target);
    var next = line.waiting.poll();
    if (next != null) {
      executor.execute(next);
    } else if (--line.under == 0) {
      lines.remove(target);
    }
  }
}
