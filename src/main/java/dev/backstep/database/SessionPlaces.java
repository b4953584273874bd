package dev.backstep.database;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets so many at once through to each of many places. Who waits, waits in order; a place that
 * nobody wants is forgotten.
 */
final class SessionPlaces {
  private final int atOnce;
  private final Map<String, Place> places = new HashMap<>();

  SessionPlaces(int atOnce) {
    this.atOnce = atOnce;
  }

  private static final class Place {
    private final Semaphore free;
    private int wanted;

    Place(int atOnce) {
      free = new Semaphore(atOnce, true);
    }
  }

  /**
   * Waits for a turn.
   *
   * @param count as how many this one counts
   * @return what ends the turn, however often it is called; empty: none came in time
   */
  Optional<Runnable> take(String name, int count, Duration longest) {
    var place = enter(name);
    var taken = false;
    try {
      taken = place.free.tryAcquire(count, longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!taken) {
        leave(name, place);
      }
    }
    return taken ? Optional.of(end(name, place, count)) : Optional.empty();
  }

  private Runnable end(String name, Place place, int count) {
    var ended = new AtomicBoolean();
    return () -> {
      if (ended.compareAndSet(false, true)) {
        place.free.release(count);
        leave(name, place);
      }
    };
  }

  private synchronized Place enter(String name) {
    var place = places.computeIfAbsent(name, it -> new Place(atOnce));
    place.wanted++;
    return place;
  }

  private synchronized void leave(String name, Place place) {
    place.wanted--;
    if (place.wanted == 0) {
      places.remove(name);
    }
  }

  /** How many places somebody is at, or waits for. */
  synchronized int known() {
    return places.size();
  }
}
