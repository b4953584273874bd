package dev.backstep.synccontrol.queue;

import dev.backstep.api.v1alpha1.sync.QueueStatus;
import java.util.Optional;

/**
 * What this process knows of a queue.
 *
 * @param queue as it was measured last; empty: something of it was not measured yet
 * @param settled true: it is known how fast it grows too, as far as it can be
 */
record Measured(Optional<QueueStatus> queue, boolean settled) {
  /** Nothing is known. */
  static final Measured NOTHING = new Measured(Optional.empty(), false);
}
