package dev.backstep.resource;

import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Says which objects may be carried on: none before the process knows the world that it decides
 * about, because what a cache does not have yet looks like what was deleted.
 *
 * <p>Leaves threads to the objects that have something under way or about to begin. Those at rest,
 * of whichever kind, share half of the SDK's threads: however long the API server lets all of them
 * wait, what is under way is carried on.
 */
@ApplicationScoped
public class Seats {
  static final int AT_REST = ConfigurationService.DEFAULT_RECONCILIATION_THREADS_NUMBER / 2;

  /** When an object that found no seat looks again. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** When an object looks again whether the caches are filled. */
  public static final Duration FILLING = Duration.ofMillis(200);

  private final Caches caches;
  private final Semaphore free = new Semaphore(AT_REST);

  public Seats(Caches caches) {
    this.caches = caches;
  }

  /** True once the process knows the world. */
  public boolean areOpen() {
    return caches.filled();
  }

  /**
   * Carries an object on, now or, while there is no seat for it, a little later.
   *
   * @param goesFirst true: it is not at rest
   */
  public <R> Rest<R> take(R object, boolean goesFirst, Supplier<Rest<R>> pass) {
    if (!areOpen()) {
      return new Rest<>(object, FILLING);
    }
    if (goesFirst) {
      return pass.get();
    }
    if (!free.tryAcquire()) {
      return new Rest<>(object, PAUSE);
    }
    try {
      return pass.get();
    } finally {
      free.release();
    }
  }
}
