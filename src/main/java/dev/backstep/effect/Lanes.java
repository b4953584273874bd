package dev.backstep.effect;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The lanes of all sorts of effects: each sort has one of its own. */
final class Lanes {
  private final Effectors effectors;
  private final Executor threads;
  private final Map<Class<?>, Lane> lanes = new ConcurrentHashMap<>();

  Lanes(Effectors effectors, Executor threads) {
    this.effectors = effectors;
    this.threads = threads;
  }

  /** Where an effect of this object waits for its turn. */
  Executor of(Effect effect, String object) {
    return lanes
        .computeIfAbsent(
            effect.getClass(), sort -> new Lane(threads, effectors.of(effect).atOnce()))
        .of(object);
  }
}
