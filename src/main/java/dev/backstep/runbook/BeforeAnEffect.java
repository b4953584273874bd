package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.text.Sentences;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What keeps an action from sending its next effect. */
final class BeforeAnEffect {
  /** An action that has to change its targets more often than this is being fought. */
  private static final int EFFECT_LIMIT = 12;

  /** How often a target that somebody else changed back is changed again before a human decides. */
  private static final int REAPPLY_LIMIT = 3;

  /** After this time what could not be sent is tried again, at first. */
  private static final Duration SEND_AGAIN = Duration.ofSeconds(3);

  /** Each pause is longer by this part of the time that the action took so far. */
  private static final int SLOWER = 4;

  /**
   * Looked at before each effect: first whether its time is over, because then nobody needs to be
   * asked; then what people say to it; then whether somebody works against it.
   */
  static final List<Guard> GUARDS =
      List.of(
          BeforeAnEffect::late,
          Permission::missing,
          BeforeAnEffect::rejected,
          BeforeAnEffect::contested,
          BeforeAnEffect::fought,
          BeforeAnEffect::unsent);

  private BeforeAnEffect() {}

  private static Optional<Decision> late(RunSnapshot snapshot) {
    var why = "It was not done within its timeout of %s. Left to do: %s";
    return Acting.isLate(snapshot)
        ? Optional.of(
            Acting.fail(
                snapshot,
                why.formatted(snapshot.action().timeout(), Acting.todo(snapshot).message())))
        : Optional.empty();
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
        ? Optional.of(Acting.end(snapshot, Outcome.Contested, Reasons.CONTESTED, contested(todo)))
        : Optional.empty();
  }

  private static Optional<Decision> fought(RunSnapshot snapshot) {
    var why =
        "The targets do not stay as this action wants them: somebody else changes them back. Find out who (metadata.managedFields), then answer Retry.";
    return new Moves(snapshot).actionStatus().tried().size() >= EFFECT_LIMIT
        ? Optional.of(Acting.fail(snapshot, why))
        : Optional.empty();
  }

  /** What could not be sent is tried again, more and more slowly. */
  private static Optional<Decision> unsent(RunSnapshot snapshot) {
    var action = new Moves(snapshot).actionStatus();
    var tried = action.tried();
    if (tried.isEmpty() || !tried.get(tried.size() - 1).nothingSent()) {
      return Optional.empty();
    }
    var last = tried.get(tried.size() - 1).endedAt();
    var pause = SEND_AGAIN.plus(Duration.between(action.startedAt(), last).dividedBy(SLOWER));
    var again = last.plus(pause);
    return snapshot.now().isBefore(again)
        ? Optional.of(
            new Wait(again.isBefore(Acting.deadline(snapshot)) ? again : Acting.deadline(snapshot)))
        : Optional.empty();
  }

  private static String contested(Work.ToDo todo) {
    var targets = todo.changedBack() == 1 ? "a target" : todo.changedBack() + " targets";
    return "Somebody else changed %s back %s times. Left to do: %s Stop who does it first (often GitOps or an autoscaler)."
        .formatted(targets, REAPPLY_LIMIT, todo.message());
  }
}
