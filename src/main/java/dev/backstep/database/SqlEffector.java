package dev.backstep.database;

import dev.backstep.effect.Effect;
import dev.backstep.effect.Effector;

/**
 * How effects reach a database: as many at once as there may be sessions with it.
 *
 * @param <E> the record of its effects
 */
public interface SqlEffector<E extends Effect> extends Effector<E> {
  @Override
  default int atOnce() {
    return Sessions.AT_ONCE;
  }
}
