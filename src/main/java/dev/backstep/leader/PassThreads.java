package dev.backstep.leader;

import dev.backstep.config.BackstepConfig;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for passes. What the SDK hands over while this process does not lead waits, each object
 * once: so the caches fill, and nothing is done. A pass reads its object when it begins.
 */
@Singleton
@Typed(PassThreads.class)
public class PassThreads extends ThreadPoolExecutor {
  private static final Duration LOOK = Duration.ofMillis(20);

  /**
   * By the object that they are of, which is how the SDK prints them: it forgets that one waits
   * when the object is deleted, and two of one object must not go on at once.
   */
  private final Map<String, Runnable> waiting = new LinkedHashMap<>();

  private boolean held;

  @Inject
  public PassThreads(BackstepConfig config) {
    this(
        ConfigurationService.DEFAULT_RECONCILIATION_THREADS_NUMBER,
        config.leader().lease().isPresent());
  }

  /**
   * @param held true: nothing is begun until {@link #go}
   */
  PassThreads(int threads, boolean held) {
    super(threads, threads, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
    allowCoreThreadTimeOut(true);
    this.held = held;
  }

  @Override
  public synchronized void execute(Runnable pass) {
    if (held) {
      waiting.put(pass.toString(), pass);
    } else {
      super.execute(pass);
    }
  }

  /** Begins what waits, and whatever comes. */
  synchronized void go() {
    held = false;
    waiting.values().forEach(super::execute);
    waiting.clear();
  }

  /** Begins nothing more. What goes on is not interrupted. */
  synchronized void hold() {
    held = true;
    var begun = new ArrayList<Runnable>();
    getQueue().drainTo(begun);
    begun.forEach(pass -> waiting.put(pass.toString(), pass));
  }

  /** Waits until nothing goes on any more, but not longer than that. */
  void awaitIdle(Duration limit) throws InterruptedException {
    var end = System.nanoTime() + limit.toNanos();
    while (getActiveCount() > 0 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    }
  }
}
