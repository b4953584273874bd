package dev.backstep.restore;

import java.util.Optional;

/**
 * What a look at a restore found.
 *
 * @param seen empty: it could not be looked
 * @param why it could not; null: it could
 */
record Look<S extends Seen>(Optional<S> seen, String why) {
  static <S extends Seen> Look<S> at(S seen) {
    return new Look<>(Optional.of(seen), null);
  }

  static <S extends Seen> Look<S> failed(String why) {
    return new Look<>(Optional.empty(), why);
  }
}
