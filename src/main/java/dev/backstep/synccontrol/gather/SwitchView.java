package dev.backstep.synccontrol.gather;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.problem.Problem;
import dev.backstep.synccontrol.decide.SwitchSnapshot;
import dev.backstep.synccontrol.queue.QueueView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A SyncControl and the world around it, gathered once.
 *
 * @param sync as it was read
 * @param now the time of the pass
 * @param claimed false: the open episode has no claim yet, so nothing may be done
 * @param queue what is known of its queue
 * @param problems what would keep it from being switched off; empty: it was not looked at now
 * @param snapshot what is decided from
 */
public record SwitchView(
    SyncControl sync,
    Instant now,
    boolean claimed,
    QueueView queue,
    Optional<List<Problem>> problems,
    SwitchSnapshot snapshot) {
  /** What the SyncControl says. */
  public SyncControlStatus status() {
    return snapshot.status();
  }
}
