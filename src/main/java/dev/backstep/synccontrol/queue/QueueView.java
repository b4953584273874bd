package dev.backstep.synccontrol.queue;

import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.AutoDisableStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.synccontrol.decide.AutoDisabling;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A queue as the status is to have it, and what follows from it.
 *
 * @param queue empty: it is not measured, or nothing is known yet
 * @param autoDisable where the rules stand
 * @param problems what is wrong with the rules as they are written
 */
public record QueueView(
    Optional<QueueStatus> queue, List<AutoDisableStatus> autoDisable, List<String> problems) {
  /** Nothing is measured. */
  static final QueueView NOTHING = new QueueView(Optional.empty(), List.of(), List.of());

  /** The status with it. */
  public SyncControlStatus in(SyncControlStatus status) {
    return status.with().queue(queue.orElse(null)).autoDisable(autoDisable).build();
  }

  /** Those who hold the sync off, and the rules that do. */
  public List<SyncHolder> holders(List<SyncHolder> others) {
    return Stream.concat(
            others.stream().filter(holder -> !AutoDisabling.isRule(holder)),
            AutoDisabling.holders(autoDisable).stream())
        .toList();
  }
}
