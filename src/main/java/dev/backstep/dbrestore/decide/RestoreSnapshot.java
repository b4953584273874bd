package dev.backstep.dbrestore.decide;

import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.api.v1alpha1.status.ApprovalStatus.Given;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Step;
import dev.backstep.time.Durations;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is decided from.
 *
 * @param spec as it was when the restore began
 * @param ready true: nothing is known that would keep it from being done
 * @param wish what people want now
 * @param wishBy who does; null: nobody said it
 * @param status as it stands
 * @param now the time of the pass
 * @param claim name of the claim of the restore
 * @param due what is left of it, as the world says; empty: it was not looked at, or is not known
 *     yet
 * @param hash of what is about to be done to which databases; empty: it is not known
 * @param progress how far what is being sent is
 * @param consent what people say; empty: nobody is asked
 */
@RecordBuilder
public record RestoreSnapshot(
    DbRestoreSpec spec,
    boolean ready,
    DbRestoreSpec.State wish,
    String wishBy,
    DbRestoreStatus status,
    Instant now,
    String claim,
    Optional<Due> due,
    Optional<String> hash,
    Progress progress,
    Optional<Consent> consent)
    implements RestoreSnapshotBuilder.With {

  /**
   * What is left to do.
   *
   * @param phase that it belongs to
   */
  public record Due(RestorePhase phase, Step step) {}

  /**
   * What people say to what the restore asks.
   *
   * @param wants how many have to agree
   * @param given who did
   * @param rejection who said no, and why; empty: nobody did
   * @param ignored approvals that do not count, and why
   * @param unproven why nobody's word counts; empty: it does
   */
  public record Consent(
      int wants,
      List<Given> given,
      boolean enough,
      Optional<String> rejection,
      List<String> ignored,
      Optional<String> unproven) {}

  /** What became of the restore; null: it was not begun. */
  public RestoreRun run() {
    return status.run();
  }

  /** Where it stands. */
  public RestorePhase phase() {
    return status.phase();
  }

  boolean drill() {
    return spec.mode() == DbRestoreSpec.Mode.Drill;
  }

  /** When it has taken too long; the time that people took does not count. */
  Instant limit() {
    return run().done().startedAt().plus(Durations.of(spec.timeout()));
  }
}
