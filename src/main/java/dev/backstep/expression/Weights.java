package dev.backstep.expression;

import dev.cel.common.values.CelByteString;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * How much there is to go through in a value when everything in it is looked at, as a comparison
 * does. A list may have the same list in it many times, so a small one in memory may be an endless
 * one to whoever compares it.
 */
final class Weights {
  private static final long SATURATED = 1L << 40;

  private final Map<Object, Long> known = new IdentityHashMap<>();

  long of(Object value) {
    if (value instanceof String text) {
      return text.length();
    }
    if (value instanceof CelByteString bytes) {
      return bytes.size();
    }
    if (!(value instanceof Collection<?> || value instanceof Map<?, ?>)) {
      return 1;
    }
    var before = known.get(value);
    if (before != null) {
      return before;
    }
    var weight = value instanceof Map<?, ?> map ? members(map) : sum((Collection<?>) value);
    known.put(value, weight);
    return weight;
  }

  private long members(Map<?, ?> map) {
    return Math.min(SATURATED, sum(map.keySet()) + sum(map.values()));
  }

  private long sum(Collection<?> values) {
    var weight = 1L;
    for (var value : values) {
      weight = Math.min(SATURATED, weight + of(value));
    }
    return weight;
  }
}
