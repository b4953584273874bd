package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ApprovalStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** A level that wants to be approved: phase AwaitingApproval. */
final class Approving {
  /** Said when what was approved is not what would be done. */
  static final String VOID =
      "What the level would do changed, so approvals given so far do not count. ";

  private static final String JOURNAL = "WithoutJournal";
  private static final Duration JOURNAL_PATIENCE = Duration.ofMinutes(2);

  private Approving() {}

  /** What destroys something is not done while its record cannot be kept. */
  private static boolean unrecorded(RunSnapshot snapshot) {
    return snapshot.journalDownSince() != null
        && !snapshot.now().isBefore(snapshot.journalDownSince().plus(JOURNAL_PATIENCE))
        && snapshot.destroys(snapshot.level().name())
        && !snapshot.run().cleared().contains(JOURNAL);
  }

  static String wanted(RunSnapshot snapshot, ApprovalStatus status) {
    var level = snapshot.level();
    return "Level "
        + (snapshot.run().level() + 1)
        + "/"
        + snapshot.run().levels().size()
        + " "
        + level.name()
        + " wants "
        + (status.wants() == 1 ? "1 approval" : status.wants() + " approvals")
        + ", not from "
        + snapshot.run().requestedBy()
        + ", who asked for the run."
        + Entering.described(level)
        + " Nothing is changed until then.";
  }

  static Decision next(RunSnapshot snapshot) {
    var consent = snapshot.consent();
    var steps = new Steps(snapshot);
    if (consent == null) {
      return new Wait(null);
    }
    if (consent.policyProblem() != null) {
      return steps.ask(
          Ask.POLICY_NOT_IN_FORCE,
          "Approvals cannot be trusted now, so level "
              + snapshot.level().name()
              + " does not act: "
              + consent.policyProblem());
    }
    if (consent.rejection() != null) {
      return steps.ask(
          Ask.REJECTED,
          "Level "
              + snapshot.level().name()
              + " was rejected: "
              + Sentences.of(consent.rejection()));
    }
    var hash = snapshot.hashes().get(snapshot.level().name());
    if (hash != null && !hash.equals(snapshot.run().approval().hash())) {
      return voided(snapshot, hash);
    }
    if (!Boolean.TRUE.equals(snapshot.run().deliberate()) && knownByGates(snapshot)) {
      var gates = Gates.now(snapshot);
      if (gates.verdict() == Verdict.HEALTHY) {
        return healthyMeanwhile(snapshot, gates);
      }
    }
    if (consent.enough() && unrecorded(snapshot)) {
      return steps.ask(
          Ask.JOURNAL_UNAVAILABLE,
          JOURNAL,
          "Level "
              + snapshot.level().name()
              + " destroys something and is approved, but the journal cannot be written since "
              + snapshot.journalDownSince()
              + ".");
    }
    return consent.enough() ? approved(snapshot, consent) : waiting(snapshot, consent);
  }

  /** A gate that is measured once, after the level acted, may be the one that is red. */
  private static boolean knownByGates(RunSnapshot snapshot) {
    return snapshot.onceGates().isEmpty() && !snapshot.decidingGates().isEmpty();
  }

  private static Decision voided(RunSnapshot snapshot, String hash) {
    var status =
        snapshot
            .run()
            .approval()
            .with()
            .hash(hash)
            .given(List.of())
            .since(snapshot.now())
            .remindedAt(null)
            .build();
    var steps = new Steps(snapshot);
    return steps.stay(
        Reasons.APPROVAL_VOID,
        VOID + wanted(snapshot, status),
        run -> run.approval(status).levels(steps.withLevel(level -> level.withHash(hash))));
  }

  /** Nothing is destroyed unasked on a system that turned healthy. */
  private static Decision healthyMeanwhile(RunSnapshot snapshot, Gates gates) {
    return new Steps(snapshot)
        .enter(
            Phase.Soaking,
            Reasons.HEALTHY,
            gates.message()
                + " Level "
                + snapshot.level().name()
                + " has not acted and does not any more, if it stays so.",
            run -> run.mitigatedAt(snapshot.now()));
  }

  private static Decision approved(RunSnapshot snapshot, Consent consent) {
    var who =
        consent.given().stream()
            .map(ApprovalStatus.Given::user)
            .collect(Collectors.joining(" and "));
    var status = snapshot.run().approval().withGiven(consent.given());
    var steps = new Steps(snapshot);
    return steps.enter(
        Phase.Acting,
        Reasons.APPROVED,
        who + " approved level " + snapshot.level().name() + ".",
        run -> run.approval(status).cleared(steps.cleared(Entering.APPROVED)));
  }

  private static Decision waiting(RunSnapshot snapshot, Consent consent) {
    var status = snapshot.run().approval();
    var steps = new Steps(snapshot);
    if (!consent.given().equals(status.given()) || !consent.ignored().equals(status.ignored())) {
      return steps.stay(
          Reasons.APPROVAL_GIVEN,
          consent.given().size()
              + " of "
              + consent.wants()
              + ". "
              + wanted(snapshot, status)
              + ignored(consent),
          run ->
              run.approval(
                  status.with().given(consent.given()).ignored(consent.ignored()).build()));
    }
    var remind = reminder(snapshot, status);
    if (snapshot.now().isBefore(remind)) {
      return new Wait(remind);
    }
    return steps.stay(
        Reasons.APPROVAL_OVERDUE,
        "Nobody answered since "
            + status.since()
            + "."
            + Escalations.text(snapshot.plan())
            + " "
            + wanted(snapshot, status),
        run -> run.approval(status.withRemindedAt(snapshot.now())));
  }

  private static String ignored(Consent consent) {
    return consent.ignored().isEmpty()
        ? ""
        : " Does not count: " + String.join(" ", consent.ignored());
  }

  private static Instant reminder(RunSnapshot snapshot, ApprovalStatus status) {
    var after = snapshot.level().approvalPolicy().remindAfter();
    var since = status.remindedAt() == null ? status.since() : status.remindedAt();
    return since.plus(Durations.of(after));
  }
}
