package dev.backstep.turn;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Lets so many at once through to each place, such as a database or a host; of those that wait, one
 * of each owner in turn. So a place that hangs holds up only who wants to go there too, and an
 * owner with much to do there no other owner.
 */
public final class Turns {
  private final Executor executor;
  private final Map<Object, Line> lines = new HashMap<>();

  /**
   * With threads for those that had to wait.
   *
   * @param executor begins what had to wait
   */
  public Turns(Executor executor) {
    this.executor = executor;
  }

  /** Those at one place. */
  private static final class Line {
    private final Map<String, Queue<Runnable>> waiting = new LinkedHashMap<>();
    private int underWay;

    void add(String owner, Runnable begin) {
      waiting.computeIfAbsent(owner, it -> new ArrayDeque<>()).add(begin);
    }

    /** The owner whose turn it was is last the next time. */
    Runnable next() {
      var owner = waiting.keySet().iterator().next();
      var tasks = waiting.remove(owner);
      var task = tasks.remove();
      if (!tasks.isEmpty()) {
        waiting.put(owner, tasks);
      }
      return task;
    }
  }

  /**
   * Begins the work when it is its turn; the work has to end. What was given up until then, which
   * is said by ending the result, is not begun.
   *
   * @param atOnce how many of those that are like it may be there
   * @param owner uid of the object for which it is done
   */
  public <T> CompletionStage<T> take(
      Object place, int atOnce, String owner, Supplier<CompletionStage<T>> work) {
    var result = new CompletableFuture<T>();
    Runnable begin = () -> begin(place, work, result);
    if (enters(place, atOnce, owner, begin)) {
      begin.run();
    }
    return result;
  }

  private <T> void begin(
      Object place, Supplier<CompletionStage<T>> work, CompletableFuture<T> result) {
    // Composed, so that work that throws gives its turn back as well.
    CompletableFuture.completedFuture(place)
        .thenCompose(it -> result.isDone() ? result : work.get())
        .whenComplete(
            (value, error) -> {
              leaves(place);
              if (error == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(error);
              }
            });
  }

  private synchronized boolean enters(Object place, int atOnce, String owner, Runnable begin) {
    var line = lines.computeIfAbsent(place, it -> new Line());
    if (line.underWay >= atOnce) {
      line.add(owner, begin);
      return false;
    }
    line.underWay++;
    return true;
  }

  private synchronized void leaves(Object place) {
    var line = lines.get(place);
    if (!line.waiting.isEmpty()) {
      executor.execute(line.next());
    } else if (--line.underWay == 0) {
      lines.remove(place);
    }
  }
}
