package dev.backstep.dbrestore.decide;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.dbrestore.decide.RestoreSnapshot.Consent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** People agree before live data is replaced: by what was restored, or by what was there before. */
public final class Agreeing {
  /** What an Approval is about that lets the data from before come back. */
  public static final String UNDO = "undo";

  private Agreeing() {}

  static Optional<Decision> decide(RestoreSnapshot snapshot) {
    if (snapshot.phase() != RestorePhase.AwaitingApproval) {
      return Optional.empty();
    }
    return Optional.of(
        snapshot
            .consent()
            .flatMap(consent -> heard(snapshot, consent))
            .orElseGet(Decision.Wait::new));
  }

  /**
   * Asks.
   *
   * @param level what is asked for; null: the restore itself
   */
  static Decision asked(RestoreSnapshot snapshot, String level, String message) {
    var hash = snapshot.hash().orElse(null);
    if (hash == null) {
      return new Decision.Wait();
    }
    var wants = snapshot.spec().approvalPolicy().approvers();
    var status =
        ApprovalStatusBuilder.builder()
            .level(level)
            .hash(hash)
            .wants(wants)
            .since(snapshot.now())
            .round(0)
            .build();
    return Steps.enter(
        snapshot,
        RestorePhase.AwaitingApproval,
        Reasons.APPROVAL_WANTED,
        message,
        run -> run.with().approval(status).endedAt(null).build());
  }

  /** Asked for once: who was refused asks by another way than by waiting. */
  static Optional<Decision> undo(RestoreSnapshot snapshot) {
    var approval = snapshot.run().approval();
    return approval != null && UNDO.equals(approval.level())
        ? Optional.empty()
        : Optional.of(
            asked(
                snapshot,
                UNDO,
                "%s asked for the data from before. What was written since the restore would be put aside with the restored database."
                    .formatted(snapshot.wishBy())));
  }

  private static Optional<Decision> heard(RestoreSnapshot snapshot, Consent consent) {
    if (consent.unproven().isPresent()) {
      return Optional.empty();
    }
    if (consent.rejection().isPresent()) {
      return Optional.of(rejected(snapshot, consent.rejection().get()));
    }
    var approval = snapshot.run().approval();
    if (snapshot.hash().filter(hash -> !hash.equals(approval.hash())).isPresent()) {
      return Optional.of(changed(snapshot));
    }
    return consent.enough() ? Optional.of(agreed(snapshot, consent)) : Optional.empty();
  }

  private static Decision rejected(RestoreSnapshot snapshot, String why) {
    var said = "It was rejected: %s".formatted(why);
    return isUndo(snapshot)
        ? Steps.ended(snapshot, before(snapshot), Reasons.REJECTED, said)
        : Steps.stopping(snapshot, RestorePhase.Aborted, Reasons.REJECTED, said);
  }

  private static RestorePhase before(RestoreSnapshot snapshot) {
    return snapshot.run().keptUntil() == null ? RestorePhase.HalfRestored : RestorePhase.Succeeded;
  }

  private static Decision changed(RestoreSnapshot snapshot) {
    var approval =
        snapshot
            .run()
            .approval()
            .with()
            .hash(snapshot.hash().orElseThrow())
            .given(List.of())
            .since(snapshot.now())
            .build();
    return Steps.enter(
        snapshot,
        RestorePhase.AwaitingApproval,
        Reasons.APPROVAL_VOID,
        "What would be done changed, so approvals given so far do not count.",
        run -> run.withApproval(approval));
  }

  private static Decision agreed(RestoreSnapshot snapshot, Consent consent) {
    var who =
        consent.given().stream()
            .map(ApprovalStatus.Given::user)
            .collect(Collectors.joining(" and "));
    var approval =
        snapshot.run().approval().with().given(consent.given()).usedAt(snapshot.now()).build();
    return Steps.enter(
        snapshot,
        isUndo(snapshot) ? RestorePhase.Undoing : RestorePhase.Quiescing,
        Reasons.APPROVED,
        "%s approved it.".formatted(who),
        run -> waited(run, snapshot).withApproval(approval));
  }

  /** The time that people took is not taken from what is to be done in time. */
  private static RestoreRun waited(RestoreRun run, RestoreSnapshot snapshot) {
    var took = Duration.between(run.approval().since(), snapshot.now());
    return run.withDone(run.done().withStartedAt(run.done().startedAt().plus(took)));
  }

  private static boolean isUndo(RestoreSnapshot snapshot) {
    return UNDO.equals(snapshot.run().approval().level());
  }
}
