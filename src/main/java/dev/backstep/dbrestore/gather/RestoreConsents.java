package dev.backstep.dbrestore.gather;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.approval.Ballot.Question;
import dev.backstep.approval.Ballot.Rejection;
import dev.backstep.approval.Consents;
import dev.backstep.dbrestore.decide.Agreeing;
import dev.backstep.dbrestore.decide.RestoreSnapshot.Consent;
import dev.backstep.dbrestore.watch.RestoreApprovals;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** What people say, by Approvals, to what restores ask. */
@ApplicationScoped
public class RestoreConsents {
  private final RestoreApprovals approvals;
  private final Consents consents;

  public RestoreConsents(RestoreApprovals approvals, Consents consents) {
    this.approvals = approvals;
    this.consents = consents;
  }

  /** What they say; empty: nobody is asked. A no may be on its way, so no cache is good enough. */
  Optional<Consent> of(DbRestore restore, DbRestoreSpec spec, Instant now) {
    return Optional.of(restore.said())
        .filter(status -> status.phase() == RestorePhase.AwaitingApproval)
        .map(status -> heard(restore, spec, status.run().approval(), now));
  }

  private Consent heard(DbRestore restore, DbRestoreSpec spec, ApprovalStatus asked, Instant now) {
    var question = question(restore, spec, asked, now);
    var all = Consents.since(restore.getStatus().run().startedAt(), approvals.of(restore));
    if (consents.poll(restore, all, question).count().enough()) {
      all = Consents.since(restore.getStatus().run().startedAt(), approvals.live(restore));
    }
    var poll = consents.poll(restore, all, question);
    return new Consent(
        question.needed(),
        poll.count().accepted().stream()
            .map(given -> new ApprovalStatus.Given(given.uid(), given.user()))
            .toList(),
        poll.count().enough(),
        Optional.ofNullable(poll.count().rejection()).map(Rejection::said),
        poll.count().ignored().stream()
            .map(it -> "%s by %s: %s".formatted(it.name(), it.user(), it.reason()))
            .toList(),
        poll.unproven());
  }

  static Question question(
      DbRestore restore, DbRestoreSpec spec, ApprovalStatus asked, Instant now) {
    var undo = Agreeing.UNDO.equals(asked.level());
    return new Question(
        restore.getMetadata().getUid(),
        restore.getMetadata().getName(),
        asked.level(),
        null,
        true,
        asked.hash(),
        undo ? restore.getSpec().stateBy() : spec.requestedBy(),
        // Who replaced the data does not agree alone with whoever wants it back.
        Set.of(spec.requestedBy()),
        true,
        spec.approvalPolicy().approvers(),
        Durations.of(spec.approvalPolicy().validFor()),
        now,
        Set.of());
  }
}
