package dev.backstep.effect;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * What effects of one sort pass through: so many at once, and of those that wait one of each object
 * in turn. So a target that hangs holds up its own sort only, and an object with many targets no
 * other object.
 */
final class Lane {
  private final Executor threads;
  private final int atOnce;
  private final Map<String, Queue<Runnable>> waiting = new LinkedHashMap<>();
  private int underWay;

  Lane(Executor threads, int atOnce) {
    this.threads = threads;
    this.atOnce = atOnce;
  }

  /** Carries out what this object gives it. */
  Executor of(String object) {
    return task -> enter(object, task);
  }

  private synchronized void enter(String object, Runnable task) {
    waiting.computeIfAbsent(object, it -> new ArrayDeque<>()).add(task);
    begin();
  }

  private synchronized void leave() {
    underWay--;
    begin();
  }

  private void begin() {
    while (underWay < atOnce && !waiting.isEmpty()) {
      underWay++;
      var task = next();
      threads.execute(
          () -> {
            try {
              task.run();
            } finally {
              leave();
            }
          });
    }
  }

  /** The plan whose turn it was is last the next time. */
  private Runnable next() {
    var plan = waiting.keySet().iterator().next();
    var tasks = waiting.remove(plan);
    var task = tasks.remove();
    if (!tasks.isEmpty()) {
      waiting.put(plan, tasks);
    }
    return task;
  }
}
