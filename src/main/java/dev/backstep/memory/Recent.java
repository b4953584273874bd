package dev.backstep.memory;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers what was used last, up to a weight; what was not used for longest is forgotten first.
 * Only for what can be found out again.
 *
 * @param <K> what is asked for
 * @param <V> what is remembered
 */
public final class Recent<K, V> {
  private final Map<K, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final long limit;
  private long weight;

  /**
   * @param limit weight of everything together
   */
  public Recent(long limit) {
    this.limit = limit;
  }

  private record Entry<V>(V value, long weight) {}

  /** What is remembered; empty: nothing. */
  public synchronized Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  /** Remembers something that counts as one. */
  public void put(K key, V value) {
    put(key, value, 1);
  }

  /** Remembers something; what alone is heavier than the limit is not remembered. */
  public synchronized void put(K key, V value, long itsWeight) {
    remove(key);
    if (itsWeight > limit) {
      return;
    }
    entries.put(key, new Entry<>(value, itsWeight));
    weight += itsWeight;
    var oldest = entries.entrySet().iterator();
    while (weight > limit) {
      weight -= oldest.next().getValue().weight();
      oldest.remove();
    }
  }

  /** Forgets one of them. */
  public synchronized void remove(K key) {
    var removed = entries.remove(key);
    if (removed != null) {
      weight -= removed.weight();
    }
  }
}
