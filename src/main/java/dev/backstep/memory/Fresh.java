package dev.backstep.memory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Remembers what was read, for some time and up to a weight. Only for what can be read again.
 *
 * @param <K> what is asked for
 * @param <V> what was read
 */
public final class Fresh<K, V> {
  private final Recent<K, Dated<V>> recent;
  private final Clock clock;
  private final Duration lifetime;

  /**
   * @param lifetime how long something is remembered
   * @param limit weight of everything together
   */
  public Fresh(Clock clock, Duration lifetime, long limit) {
    this.recent = new Recent<>(limit);
    this.clock = clock;
    this.lifetime = lifetime;
  }

  private record Dated<V>(V value, Instant read) {}

  /** What was read; empty: it has to be read. */
  public Optional<V> get(K key) {
    forget(key, lifetime);
    return recent.get(key).map(Dated::value);
  }

  /** Remembers what was read just now. */
  public void put(K key, V value, long weight) {
    recent.put(key, new Dated<>(value, clock.instant()), weight);
  }

  /** Forgets what was read this long ago or longer. */
  public void forget(K key, Duration age) {
    var oldest = clock.instant().minus(age);
    recent.get(key).filter(it -> !it.read().isAfter(oldest)).ifPresent(it -> recent.remove(key));
  }
}
