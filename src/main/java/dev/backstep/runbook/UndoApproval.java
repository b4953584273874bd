package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.text.Sentences;
import java.util.List;
import java.util.Optional;

/**
 * An undo that replaces live data wants an approval of its own: who approved the level agreed to
 * what its actions replace, and not to what would be lost now.
 */
public final class UndoApproval {
  private UndoApproval() {}

  /** True while people are asked about an undo, and not about a level. */
  public static boolean isAwaited(RunSnapshot snapshot) {
    var approval = snapshot.run().approval();
    return snapshot.run().phase() == Phase.AwaitingApproval
        && approval != null
        && approval.undo() != null;
  }

  /** The live data that is replaced by what is put back next; empty: none, as far as is known. */
  public static Optional<Work.Replacing> replacing(RunSnapshot snapshot) {
    return snapshot.run().phase() == Phase.Undoing && snapshot.work() instanceof Work.ToDo todo
        ? todo.replacing()
        : Optional.empty();
  }

  /** The action that people are asked about, or would be; empty: its undo wants no approval. */
  public static Optional<String> action(RunSnapshot snapshot) {
    return isAwaited(snapshot)
        ? Optional.of(snapshot.run().approval().undo().action())
        : replacing(snapshot).map(data -> snapshot.undoing().name());
  }

  /** Who wants it to be put back; empty: nobody says so any more, and two people have to agree. */
  public static Optional<String> asker(RunSnapshot snapshot) {
    return Engine.wishes(snapshot, Run.State.Undone)
        ? Optional.ofNullable(snapshot.wish().stateBy())
        : Optional.empty();
  }

  /** The level of the plan that an action belongs to. */
  public static Level levelOf(RunSnapshot snapshot, String action) {
    return snapshot.plan().levels().stream()
        .filter(level -> level.actions().stream().anyMatch(it -> it.name().equals(action)))
        .findFirst()
        .orElseThrow();
  }

  static Decision next(RunSnapshot snapshot) {
    var consent = snapshot.consent();
    var action = snapshot.run().approval().undo().action();
    if (Engine.wishes(snapshot, Run.State.Aborted)) {
      return Undoing.stopped(snapshot, action);
    }
    if (consent == null) {
      return new Wait(null);
    }
    if (consent.policyProblem() != null) {
      var why = "approvals cannot be trusted now: %s".formatted(consent.policyProblem());
      return Undoing.ask(snapshot, action, Ask.UNDO_FAILED, why);
    }
    if (consent.rejection() != null) {
      var why = "it was rejected: %s".formatted(Sentences.of(consent.rejection()));
      return Undoing.ask(snapshot, action, Ask.UNDO_REJECTED, why);
    }
    return consent.enough() ? approved(snapshot, consent) : Reminding.waiting(snapshot, consent);
  }

  private static Decision approved(RunSnapshot snapshot, Consent consent) {
    var status = snapshot.run().approval();
    return new Moves(snapshot)
        .enter(
            Phase.Undoing,
            Reasons.APPROVED,
            "%s approved that action %s is put back."
                .formatted(Approving.who(consent), status.undo().action()),
            run -> run.approval(status.withGiven(consent.given())));
  }

  /** What has to happen before the action is put back; empty: it may be. */
  static Optional<Decision> missing(RunSnapshot snapshot, String action) {
    var data = replacing(snapshot);
    if (data.isEmpty()) {
      return Optional.empty();
    }
    var hash = snapshot.hashes().get(action);
    if (hash == null || snapshot.consent() == null) {
      return Optional.of(new Wait(null));
    }
    var about = asked(snapshot, action).filter(it -> it.hash().equals(hash)).isPresent();
    return about && (Permission.inUse(snapshot) || Permission.valid(snapshot.consent()))
        ? Optional.empty()
        : Optional.of(begin(snapshot, action, hash, data.get()));
  }

  private static Optional<ApprovalStatus> asked(RunSnapshot snapshot, String action) {
    return Optional.ofNullable(snapshot.run().approval())
        .filter(it -> it.undo() != null && it.undo().action().equals(action));
  }

  private static Advance begin(
      RunSnapshot snapshot, String action, String hash, Work.Replacing data) {
    var before = asked(snapshot, action);
    var given = before.filter(it -> it.hash().equals(hash)).map(ApprovalStatus::given);
    var status =
        ApprovalStatusBuilder.builder()
            .level(levelOf(snapshot, action).name())
            .undo(new ApprovalStatus.Undo(action, data.message()))
            .hash(hash)
            .wants(snapshot.consent().wants())
            .given(given.orElse(List.of()))
            .since(snapshot.now())
            .round(before.map(ApprovalStatus::round).orElse(0))
            .build();
    var changed = before.isPresent() && given.isEmpty();
    return new Moves(snapshot)
        .enter(
            Phase.AwaitingApproval,
            changed ? Reasons.APPROVAL_VOID : Reasons.APPROVAL_WANTED,
            again(changed, given.orElse(List.of())) + wanted(snapshot, status),
            run -> run.approval(status));
  }

  private static String again(boolean changed, List<ApprovalStatus.Given> given) {
    if (changed) {
      return "What is live changed, so approvals given so far do not count. ";
    }
    return given.isEmpty() ? "" : Approving.EXPIRED;
  }

  static String wanted(RunSnapshot snapshot, ApprovalStatus status) {
    return "To put back action %s wants %s, not from %s. %s Nothing more is changed until then."
        .formatted(
            status.undo().action(),
            Approving.count(status),
            whoAsked(snapshot),
            status.undo().replaces());
  }

  private static String whoAsked(RunSnapshot snapshot) {
    var run = "%s, who asked for the run".formatted(snapshot.run().requestedBy());
    return asker(snapshot)
        .filter(asker -> !asker.equals(snapshot.run().requestedBy()))
        .map(asker -> "%s, who asked for the undo, nor from %s".formatted(asker, run))
        .orElse(run);
  }

  /** Records in the same write as the first effect that the approvals are used. */
  static Act used(RunSnapshot snapshot, Act act) {
    return replacing(snapshot).isEmpty()
        ? act
        : new Act(Permission.used(snapshot, act.run().with()).build(), act.action());
  }

  /** As {@link Permission#interrupted}; what is not about an undo stays as it is. */
  static ApprovalStatus interrupted(RunSnapshot snapshot) {
    var approval = snapshot.run().approval();
    return approval == null || approval.undo() == null
        ? approval
        : Permission.interrupted(snapshot, false);
  }
}
