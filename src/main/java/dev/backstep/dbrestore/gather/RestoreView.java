package dev.backstep.dbrestore.gather;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.dbrestore.decide.RestoreSnapshot;
import dev.backstep.problem.Problem;
import dev.backstep.restore.Stand;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A DbRestore and the world around it, gathered once.
 *
 * @param restore as it was read
 * @param now the time of the pass
 * @param claimed false: it began, and has no claim yet, so nothing may be done
 * @param problems what would keep it from being done; empty: it was not looked at now
 * @param stand how far it is; empty: it was not looked at in this pass
 * @param snapshot what is decided from
 */
public record RestoreView(
    DbRestore restore,
    Instant now,
    boolean claimed,
    Optional<List<Problem>> problems,
    Optional<Stand> stand,
    RestoreSnapshot snapshot) {
  /** What the DbRestore says. */
  public DbRestoreStatus status() {
    return snapshot.status();
  }
}
