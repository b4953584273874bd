package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.Agreement.What;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.text.Sentences;
import java.util.List;
import java.util.Optional;

/** What keeps an action from sending its next effect. */
final class BeforeAnEffect {
  /** An action that has to change its targets more often than this is being fought. */
  private static final int EFFECT_LIMIT = 12;

  /** How often a target that somebody else changed back is changed again before a human decides. */
  private static final int REAPPLY_LIMIT = 3;

  /**
   * Looked at before each effect: first whether an earlier one may still land, in which time it
   * cannot be late; then whether its time is over, because then nobody needs to be asked; then
   * whether something speaks against it; then what people say to it; then whether somebody works
   * against it.
   */
  static final List<Guard> GUARDS =
      List.of(
          BeforeAnEffect::landing,
          BeforeAnEffect::late,
          BeforeAnEffect::doubted,
          Entering::noBackupLeft,
          Preparing::due,
          Permission::missing,
          BeforeAnEffect::rejected,
          BeforeAnEffect::contested,
          BeforeAnEffect::fought,
          BeforeAnEffect::unsent);

  private BeforeAnEffect() {}

  private static Optional<Decision> landing(RunSnapshot snapshot) {
    return NotBefore.landed(new Moves(snapshot).actionStatus())
        .filter(snapshot.now()::isBefore)
        .map(Wait::new);
  }

  private static Optional<Decision> late(RunSnapshot snapshot) {
    var why = "It was not done within its timeout of %s. Left to do: %s";
    return Acting.isLate(snapshot)
        ? Optional.of(
            ActionEnd.fail(
                snapshot,
                why.formatted(snapshot.action().timeout(), Acting.todo(snapshot).message())))
        : Optional.empty();
  }

  /** What speaks against the action, unless a human went on in spite of it. */
  static Optional<Decision> doubted(RunSnapshot snapshot) {
    var name = snapshot.action().name();
    if (new Moves(snapshot).actionStatus().outcome() != null
        || snapshot.agreed(new Agreement(What.SchemaChanged, name))) {
      return Optional.empty();
    }
    return Optional.ofNullable(snapshot.work())
        .filter(Work.ToDo.class::isInstance)
        .flatMap(work -> ((Work.ToDo) work).doubt())
        .map(doubt -> doubted(snapshot, name, doubt));
  }

  private static Decision doubted(RunSnapshot snapshot, String name, Work.Doubt doubt) {
    var moves = new Moves(snapshot);
    var why = "Action %s: %s".formatted(name, doubt.message());
    return doubt.leavesLevel()
        ? moves.climb().nextLevel(LevelStatus.Outcome.Precondition, why)
        : moves.ask(Ask.SCHEMA_CHANGED, name, why);
  }

  /** A late no still counts for what destroys something. */
  private static Optional<Decision> rejected(RunSnapshot snapshot) {
    var consent = snapshot.consent();
    var late =
        snapshot.destroys(snapshot.level().name())
            && Permission.inUse(snapshot)
            && consent != null
            && consent.rejection() != null;
    var why = "Level %s was rejected after it had been approved: %s";
    return late
        ? Optional.of(
            new Moves(snapshot)
                .ask(
                    Ask.REJECTED,
                    why.formatted(snapshot.level().name(), Sentences.of(consent.rejection()))))
        : Optional.empty();
  }

  private static Optional<Decision> contested(RunSnapshot snapshot) {
    var todo = Acting.todo(snapshot);
    var reapplied = new Moves(snapshot).actionStatus().reapplied();
    return todo.changedBack() > 0 && reapplied >= REAPPLY_LIMIT
        ? Optional.of(
            ActionEnd.end(snapshot, Outcome.Contested, Reasons.CONTESTED, contested(todo)))
        : Optional.empty();
  }

  private static Optional<Decision> fought(RunSnapshot snapshot) {
    var why =
        "The targets do not stay as this action wants them: somebody else changes them back. Find out who (metadata.managedFields), then answer Retry.";
    return new Moves(snapshot).actionStatus().tried().size() >= EFFECT_LIMIT
        ? Optional.of(ActionEnd.fail(snapshot, why))
        : Optional.empty();
  }

  /** What could not be sent is tried again, more and more slowly. */
  private static Optional<Decision> unsent(RunSnapshot snapshot) {
    var action = new Moves(snapshot).actionStatus();
    var deadline = Acting.deadline(snapshot);
    return NotBefore.sentAgain(action.tried(), action.startedAt())
        .filter(snapshot.now()::isBefore)
        .map(again -> new Wait(again.isBefore(deadline) ? again : deadline));
  }

  private static String contested(Work.ToDo todo) {
    var targets = todo.changedBack() == 1 ? "a target" : "%s targets".formatted(todo.changedBack());
    return "Somebody else changed %s back %s times. Left to do: %s Stop who does it first (often GitOps or an autoscaler)."
        .formatted(targets, REAPPLY_LIMIT, todo.message());
  }
}
