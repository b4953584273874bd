package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.status.UsedApproval;
import dev.backstep.runbook.Decision.Wait;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The approval under which a level acts. It is looked at right before each effect and used by the
 * write that records the first one, so nothing that happens in between can outlive it.
 */
final class Permission {
  private Permission() {}

  /** What has to happen before the level's next effect; empty: it may be sent. */
  static Optional<Decision> missing(RunSnapshot snapshot) {
    if (!snapshot.wantsApproval(snapshot.level())
        || Preparing.isUnderWay(snapshot)
        || snapshot.allEnded()) {
      return Optional.empty();
    }
    var hash = snapshot.hashes().get(snapshot.level().name());
    if (hash == null || snapshot.consent() == null) {
      return Optional.of(new Wait(null));
    }
    return about(snapshot, hash) && (inUse(snapshot) || given(snapshot))
        ? Optional.empty()
        : Optional.of(Approving.begin(snapshot, hash));
  }

  /** True when what the run asked approval for is what would be done. */
  private static boolean about(RunSnapshot snapshot, String hash) {
    var approval = snapshot.run().approval();
    return approval != null
        && approval.level().equals(snapshot.level().name())
        && approval.hash().equals(hash);
  }

  /** True while the level acts under its approval: it may expire meanwhile. */
  static boolean inUse(RunSnapshot snapshot) {
    var approval = snapshot.run().approval();
    return approval != null && approval.usedAt() != null;
  }

  private static boolean given(RunSnapshot snapshot) {
    return valid(snapshot.consent()) && !Approving.unrecorded(snapshot);
  }

  /** True when enough people agreed, nobody said no, and it is proven who they are. */
  static boolean valid(Consent consent) {
    return consent.policyProblem() == null && consent.rejection() == null && consent.enough();
  }

  /** Records in the same write as the first effect that the approvals are used. */
  static RunStatusBuilder use(RunSnapshot snapshot, RunStatusBuilder run) {
    return snapshot.wantsApproval(snapshot.level()) && !Preparing.isUnderWay(snapshot)
        ? used(snapshot, run)
        : run;
  }

  /** The run under the approvals that are given now, unless it is already. */
  static RunStatusBuilder used(RunSnapshot snapshot, RunStatusBuilder run) {
    if (inUse(snapshot)) {
      return run;
    }
    var approval = snapshot.run().approval();
    var given = snapshot.consent().given();
    return run.approval(approval.with().given(given).usedAt(snapshot.now()).build())
        .approvals(
            Stream.concat(
                    snapshot.run().approvals().stream(),
                    given.stream()
                        .filter(one -> !used(snapshot, one))
                        .map(one -> used(one, snapshot)))
                .toList());
  }

  private static boolean used(RunSnapshot snapshot, ApprovalStatus.Given given) {
    return snapshot.run().approvals().stream().anyMatch(used -> used.uid().equals(given.uid()));
  }

  private static UsedApproval used(ApprovalStatus.Given given, RunSnapshot snapshot) {
    var approval = snapshot.run().approval();
    return new UsedApproval(
        given.uid(), given.user(), approval.level(), approval.hash(), snapshot.now());
  }

  /**
   * The approval after the level was interrupted by a question or a pause: before the level goes on
   * it is looked at as if for the first time.
   *
   * @param repeats true: something that was done is to be done again, so what was used does not
   *     count again
   */
  static ApprovalStatus interrupted(RunSnapshot snapshot, boolean repeats) {
    var approval = snapshot.run().approval();
    return approval == null
        ? null
        : approval.with().usedAt(null).given(repeats ? List.of() : approval.given()).build();
  }
}
