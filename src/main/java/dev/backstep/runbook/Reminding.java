package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.time.Durations;
import java.time.Instant;
import java.util.stream.Collectors;

/** Counts approvals while they are waited for, says which do not count, and reminds of them. */
final class Reminding {
  private Reminding() {}

  static Decision waiting(RunSnapshot snapshot, Consent consent) {
    var status = snapshot.run().approval();
    if (!consent.given().equals(status.given()) || !consent.ignored().equals(status.ignored())) {
      var more = consent.given().size() > status.given().size();
      return counted(snapshot, consent, more ? Reasons.APPROVAL_GIVEN : Reasons.APPROVAL_IGNORED);
    }
    var remind = reminder(snapshot, status);
    return snapshot.now().isBefore(remind) ? new Wait(remind) : overdue(snapshot, status);
  }

  private static Decision counted(RunSnapshot snapshot, Consent consent, String reason) {
    var status =
        snapshot.run().approval().with().given(consent.given()).ignored(consent.ignored()).build();
    var said =
        "%s %s%s".formatted(count(status), Approving.wanted(snapshot, status), ignored(status));
    return new Moves(snapshot).stay(reason, said, run -> run.approval(status));
  }

  /** How many approved, of how many, and who. */
  private static String count(ApprovalStatus status) {
    var who =
        status.given().stream()
            .map(ApprovalStatus.Given::user)
            .collect(Collectors.joining(", ", " (", ")"));
    return "%d of %d%s."
        .formatted(status.given().size(), status.wants(), status.given().isEmpty() ? "" : who);
  }

  private static Decision overdue(RunSnapshot snapshot, ApprovalStatus status) {
    return new Moves(snapshot)
        .stay(
            Reasons.APPROVAL_OVERDUE,
            "Approvals since %s: %s%s %s%s"
                .formatted(
                    status.since(),
                    count(status),
                    Escalations.text(snapshot.plan()),
                    Approving.wanted(snapshot, status),
                    ignored(status)),
            run -> run.approval(status.withRemindedAt(snapshot.now())));
  }

  private static String ignored(ApprovalStatus status) {
    return status.ignored().isEmpty()
        ? ""
        : " Does not count: %s".formatted(String.join(" ", status.ignored()));
  }

  private static Instant reminder(RunSnapshot snapshot, ApprovalStatus status) {
    var after = snapshot.levelNamed(status.level()).approvalPolicy().remindAfter();
    var since = status.remindedAt() == null ? status.since() : status.remindedAt();
    return since.plus(Durations.of(after));
  }
}
