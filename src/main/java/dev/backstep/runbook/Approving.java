package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.measure.Verdict;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.text.Sentences;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A level that wants to be approved: phase AwaitingApproval. */
final class Approving {
  /** Said when what was approved is not what would be done. */
  private static final String VOID =
      "What the level would do changed, so approvals given so far do not count. ";

  static final String EXPIRED = "The approvals given before are not valid any more. ";

  private static final String USED =
      "The level has acted under the approvals given before; to act again it wants new ones. ";

  private static final Agreement WITHOUT_JOURNAL = Agreement.of(Agreement.What.WithoutJournal);
  private static final Duration JOURNAL_PATIENCE = Duration.ofMinutes(2);

  /**
   * Nobody's word counts while it is not proven whose it is; then a no outweighs every yes; then
   * what is approved has to be what would be done; then nothing is done to a system that turned
   * healthy; and the record has to be possible.
   */
  private static final List<Guard> GUARDS =
      List.of(
          Approving::untrusted,
          Approving::rejected,
          Approving::changed,
          Approving::healthyMeanwhile,
          Approving::withoutJournal);

  private Approving() {}

  static Decision next(RunSnapshot snapshot) {
    var consent = snapshot.consent();
    if (consent == null) {
      return new Wait(null);
    }
    return Guard.first(GUARDS, snapshot)
        .orElseGet(
            () ->
                consent.enough()
                    ? approved(snapshot, consent)
                    : Reminding.waiting(snapshot, consent));
  }

  /** The level has to be approved, or approved again, before its next effect. */
  static Decision begin(RunSnapshot snapshot, String hash) {
    var before = Optional.ofNullable(snapshot.run().approval());
    var changed = before.filter(approval -> !approval.hash().equals(hash)).isPresent();
    var status =
        ApprovalStatusBuilder.builder()
            .level(snapshot.level().name())
            .hash(hash)
            .wants(snapshot.consent().wants())
            .given(changed ? List.of() : before.map(ApprovalStatus::given).orElse(List.of()))
            .since(snapshot.now())
            .round(before.map(ApprovalStatus::round).orElse(0))
            .build();
    var moves = new Moves(snapshot);
    return moves.enter(
        Phase.AwaitingApproval,
        changed ? Reasons.APPROVAL_VOID : Reasons.APPROVAL_WANTED,
        again(snapshot, changed) + wanted(snapshot, status),
        run ->
            run.approval(status)
                .levels(moves.withLevel(level -> Beginning.pinned(snapshot, level)))
                .measuringSince(snapshot.now()));
  }

  /** Why people who approved already are asked again; nothing when they are asked first. */
  private static String again(RunSnapshot snapshot, boolean changed) {
    if (changed) {
      return VOID;
    }
    var approval = snapshot.run().approval();
    if (approval != null && !approval.given().isEmpty()) {
      return EXPIRED;
    }
    var level = snapshot.level().name();
    var used = snapshot.run().approvals().stream().anyMatch(one -> one.level().equals(level));
    return used ? USED : "";
  }

  static String wanted(RunSnapshot snapshot, ApprovalStatus status) {
    return status.undo() == null
        ? wantedByLevel(snapshot, status)
        : UndoApproval.wanted(snapshot, status);
  }

  private static String wantedByLevel(RunSnapshot snapshot, ApprovalStatus status) {
    return "Level %d/%d %s wants %s, not from %s, who asked for the run.%s%s Nothing is changed until then."
        .formatted(
            snapshot.run().level() + 1,
            snapshot.run().levels().size(),
            snapshot.level().name(),
            count(status),
            snapshot.run().requestedBy(),
            Entering.described(snapshot.level()),
            Preparing.found(snapshot));
  }

  /** How many people have to agree. */
  static String count(ApprovalStatus status) {
    return status.wants() == 1 ? "1 approval" : "%s approvals".formatted(status.wants());
  }

  private static Optional<Decision> untrusted(RunSnapshot snapshot) {
    var problem = snapshot.consent().policyProblem();
    var why = "Approvals cannot be trusted now, so level %s does not act: %s";
    return problem == null
        ? Optional.empty()
        : Optional.of(
            new Moves(snapshot)
                .ask(Ask.POLICY_NOT_IN_FORCE, why.formatted(snapshot.level().name(), problem)));
  }

  private static Optional<Decision> rejected(RunSnapshot snapshot) {
    var rejection = snapshot.consent().rejection();
    var why = "Level %s was rejected: %s";
    return rejection == null
        ? Optional.empty()
        : Optional.of(
            new Moves(snapshot)
                .ask(
                    Ask.REJECTED, why.formatted(snapshot.level().name(), Sentences.of(rejection))));
  }

  private static Optional<Decision> changed(RunSnapshot snapshot) {
    var hash = snapshot.hashes().get(snapshot.level().name());
    return hash == null || hash.equals(snapshot.run().approval().hash())
        ? Optional.empty()
        : Optional.of(voided(snapshot, hash));
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
    var moves = new Moves(snapshot);
    return moves.stay(
        Reasons.APPROVAL_VOID,
        VOID + wanted(snapshot, status),
        run -> run.approval(status).levels(moves.withLevel(level -> level.withHash(hash))));
  }

  /** Nothing is destroyed unasked on a system that turned healthy. */
  private static Optional<Decision> healthyMeanwhile(RunSnapshot snapshot) {
    var deliberate = Boolean.TRUE.equals(snapshot.run().deliberate());
    if (deliberate || snapshot.levelActed() || !knownByGates(snapshot)) {
      return Optional.empty();
    }
    var gates = Gates.now(snapshot);
    var message = "%s Level %s has not acted and does not any more, if it stays so.";
    return gates.verdict() != Verdict.HEALTHY
        ? Optional.empty()
        : Optional.of(
            new Moves(snapshot)
                .enter(
                    Phase.Soaking,
                    Reasons.HEALTHY,
                    message.formatted(gates.message(), snapshot.level().name()),
                    run -> run.mitigatedAt(snapshot.now())));
  }

  /** A gate that is measured once, after the level acted, may be the one that is red. */
  private static boolean knownByGates(RunSnapshot snapshot) {
    return snapshot.judges().onceGates().isEmpty() && !snapshot.judges().decidingGates().isEmpty();
  }

  private static Optional<Decision> withoutJournal(RunSnapshot snapshot) {
    var why =
        "Level %s destroys something and is approved, but the journal cannot be written since %s.";
    return snapshot.consent().enough() && unrecorded(snapshot)
        ? Optional.of(
            new Moves(snapshot)
                .ask(
                    Ask.JOURNAL_UNAVAILABLE,
                    why.formatted(snapshot.level().name(), snapshot.journalDownSince())))
        : Optional.empty();
  }

  /** What destroys something is not done while its record cannot be kept. */
  static boolean unrecorded(RunSnapshot snapshot) {
    return snapshot.journalDownSince() != null
        && !snapshot.now().isBefore(snapshot.journalDownSince().plus(JOURNAL_PATIENCE))
        && snapshot.destroys(snapshot.level().name())
        && !snapshot.agreed(WITHOUT_JOURNAL);
  }

  private static Decision approved(RunSnapshot snapshot, Consent consent) {
    var status = snapshot.run().approval().withGiven(consent.given());
    return new Moves(snapshot)
        .enter(
            Phase.Acting,
            Reasons.APPROVED,
            "%s approved level %s.".formatted(who(consent), snapshot.level().name()),
            run -> inTime(snapshot, run.approval(status)));
  }

  /** The time that people took is not taken from an action that had begun. */
  private static RunStatusBuilder inTime(RunSnapshot snapshot, RunStatusBuilder run) {
    var moves = new Moves(snapshot);
    var waited = snapshot.run().action() != null && !snapshot.allActed() && moves.begun();
    return waited
        ? run.levels(moves.withAction(action -> action.withStartedAt(snapshot.now())))
        : run;
  }

  static String who(Consent consent) {
    return consent.given().stream()
        .map(ApprovalStatus.Given::user)
        .collect(Collectors.joining(" and "));
  }
}
