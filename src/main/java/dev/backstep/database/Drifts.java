package dev.backstep.database;

import dev.backstep.text.Sentences;
import java.util.List;
import java.util.Optional;

/** What could not be put back, in words. */
final class Drifts {
  private static final int MOST_NAMED = 5;

  private Drifts() {}

  /** That these are left as they are; empty: there are none. */
  static Optional<String> said(List<String> drifted) {
    if (drifted.isEmpty()) {
      return Optional.empty();
    }
    var named = String.join("; ", drifted.stream().limit(MOST_NAMED).toList());
    var more = drifted.size() - MOST_NAMED;
    return Optional.of(
        Sentences.bounded(
            "%s%s changed since, so they were left as they are"
                .formatted(named, more > 0 ? " and %d more".formatted(more) : "")));
  }
}
