package dev.backstep.restore;

import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import java.time.Instant;
import java.util.Optional;

/** Remembers drills that no run of a plan did. */
public interface Drills {
  /** When the last one ended well that restored this database; empty: none did. */
  Optional<Instant> last(String namespace, DatabaseTarget target);
}
