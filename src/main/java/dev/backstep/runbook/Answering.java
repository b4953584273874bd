package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Run.Answer;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.Agreement.What;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.runbook.Decision.Wait;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A run that asked: nothing moves before a human answers. Phase AwaitingAnswer. */
final class Answering {
  /** What is settled about one thing by its name, and not about the level. */
  private static final Set<What> NAMED =
      EnumSet.of(What.StopCondition, What.SchemaChanged, What.GivingBack);

  private static final String ASKED_AGAIN =
      "Approval is asked for again; approvals given so far do not count.";

  private Answering() {}

  static Decision next(RunSnapshot snapshot) {
    var answer = fitting(snapshot);
    if (answer == null) {
      return new Wait(null);
    }
    var advance = carryOut(snapshot, answer);
    var run =
        advance
            .run()
            .with()
            .answered(answer.question())
            .message(
                "%s answered %s. %s"
                    .formatted(answer.by(), answer.choice(), advance.run().message()))
            .build();
    return new Advance(run, advance.holds(), advance.action());
  }

  private static Answer fitting(RunSnapshot snapshot) {
    var question = snapshot.run().question();
    var answer = snapshot.wish() == null ? null : snapshot.wish().answer();
    var fits =
        answer != null
            && answer.question().equals(question.id())
            && question.choices().contains(answer.choice())
            && !unconfirmed(Ask.of(question.reason()), answer);
    return fits ? answer : null;
  }

  /** What may have happened is only done again by somebody who says to have looked. */
  private static boolean unconfirmed(Ask ask, Answer answer) {
    return ask.wantsALook()
        && answer.choice() == Choice.Retry
        && (answer.comment() == null || answer.comment().isBlank());
  }

  private static Advance carryOut(RunSnapshot snapshot, Answer answer) {
    var ask = Ask.of(snapshot.run().question().reason());
    return switch (answer.choice()) {
      case Retry -> retry(snapshot, ask);
      case Skip -> Skipping.of(snapshot, ask, answer);
      case NextLevel ->
          snapshot.run().level() == null ? leaveOutFirst(snapshot, ask) : nextLevel(snapshot, ask);
      case Accept -> accept(snapshot, ask);
      case Proceed -> proceed(snapshot, ask);
    };
  }

  private static Advance nextLevel(RunSnapshot snapshot, Ask ask) {
    return ask == Ask.OUTCOME_UNKNOWN
        ? Leaving.begin(snapshot, Choice.NextLevel)
        : new Moves(snapshot).climb().nextLevel(ask.leaving(), "");
  }

  /** No level was entered: the gates are still measured before the next one acts. */
  private static Advance leaveOutFirst(RunSnapshot snapshot, Ask ask) {
    return new Moves(snapshot)
        .enter(
            Phase.Pending,
            Reasons.ANSWERED,
            "Level %s is left out.".formatted(snapshot.nextLevel().name()),
            run ->
                run.levels(
                    new Moves(snapshot).climb().leftOut(snapshot.nextLevelIndex(), ask.leaving())));
  }

  private static Advance retry(RunSnapshot snapshot, Ask ask) {
    var moves = new Moves(snapshot);
    var message = triedAgain(snapshot);
    return switch (ask) {
      case PREFLIGHT ->
          snapshot.run().level() == null
              ? moves.enter(Phase.Pending, Reasons.ANSWERED, message)
              : enterAgain(snapshot, message);
      case STOP_CONDITION, PRECONDITION, SCHEMA_CHANGED, POLICY_NOT_IN_FORCE ->
          enterAgain(snapshot, message);
      case REJECTED ->
          moves.enter(
              Phase.Acting,
              Reasons.ANSWERED,
              ASKED_AGAIN,
              run -> run.action(null).approval(nextRound(snapshot.run().approval())));
      case UNDO_REJECTED ->
          moves.enter(
              ask.again(),
              Reasons.ANSWERED,
              ASKED_AGAIN,
              run -> run.approval(nextRound(snapshot.run().approval())));
      case ACTION_FAILED, EFFECT_NOT_OBSERVED, OUTCOME_UNKNOWN, TARGET_OWNED, TARGET_HELD ->
          DoneAgain.action(snapshot, message);
      case OVERWRITTEN -> DoneAgain.level(snapshot, message);
      case RELEASED_UNHEALTHY -> DoneAgain.held(snapshot);
      case RELEASE_DOUBTED, RELEASE_FAILED, RELEASE_UNKNOWN, UNDO_FAILED, UNDO_UNKNOWN ->
          DoneAgain.takenBack(snapshot, ask.again(), message);
      case UNHEALTHY, INCONCLUSIVE ->
          moves.enter(
              ask.again(),
              Reasons.ANSWERED,
              message,
              run -> run.measuringSince(snapshot.now()).once(List.of()).asking(null));
      default -> moves.measure(ask.again(), Reasons.ANSWERED, message);
    };
  }

  private static String triedAgain(RunSnapshot snapshot) {
    return snapshot
        .run()
        .actions()
        .flatMap(action -> NotBefore.landed(action).stream())
        .max(Instant::compareTo)
        .filter(snapshot.now()::isBefore)
        .map(
            "It is tried again after %s: until then what was sent before may still happen."
                ::formatted)
        .orElse("It is tried again.");
  }

  private static ApprovalStatus nextRound(ApprovalStatus approval) {
    return approval.with().round(approval.round() + 1).given(List.of()).usedAt(null).build();
  }

  private static Advance enterAgain(RunSnapshot snapshot, String message) {
    return new Moves(snapshot)
        .enter(
            Phase.Acting,
            Reasons.ANSWERED,
            message,
            run -> run.action(null).measuringSince(snapshot.now()));
  }

  private static Advance proceed(RunSnapshot snapshot, Ask ask) {
    var moves = new Moves(snapshot);
    var message = "The run goes on in spite of it.";
    var agreed = agreed(snapshot, ask);
    return switch (ask) {
      case ALREADY_HEALTHY, NOT_MEASURABLE -> moves.climb().nextLevel(null, message, true);
      case CONTESTED -> DoneAgain.action(snapshot, "The targets are changed again.");
      case OVERWRITTEN ->
          moves.enter(
              Phase.Soaking,
              Reasons.ANSWERED,
              "It is left so. The soak begins again.",
              run -> run.agreed(agreed).measuringSince(snapshot.now()));
      case JOURNAL_UNAVAILABLE ->
          moves.enter(Phase.AwaitingApproval, Reasons.ANSWERED, message, run -> run.agreed(agreed));
      case RELEASE_GATE, RELEASE_DOUBTED, UNDO_DOUBTED ->
          moves.enter(ask.again(), Reasons.ANSWERED, message, run -> run.agreed(agreed));
      default ->
          moves.enter(
              Phase.Acting,
              Reasons.ANSWERED,
              message,
              run -> run.action(null).agreed(agreed).deliberate(true));
    };
  }

  /** What is settled once a human goes on in spite of what was asked. */
  private static List<Agreement> agreed(RunSnapshot snapshot, Ask ask) {
    var about = snapshot.run().question().about();
    return ask.settles()
        .map(what -> what == What.StopCondition && about == null ? What.NoBackup : what)
        .map(what -> new Agreement(what, NAMED.contains(what) ? about : null))
        .map(new Moves(snapshot)::agreed)
        .orElse(snapshot.run().agreed());
  }

  private static Advance accept(RunSnapshot snapshot, Ask ask) {
    var moves = new Moves(snapshot);
    return switch (ask) {
      case STATUS_LOST ->
          moves.enter(
              Phase.Aborted,
              Reasons.ACCEPTED_BY_HUMAN,
              "The run ends here. What it changed stays changed.");
      case RELEASE_DOUBTED, RELEASE_FAILED, RELEASE_UNKNOWN, RELEASE_GATE, RELEASED_UNHEALTHY ->
          moves.enter(
              Phase.Released,
              Reasons.ACCEPTED_BY_HUMAN,
              snapshot.holds().isEmpty()
                  ? "Everything was given back."
                  : Holds.handedOn(snapshot.holds()));
      case UNDO_DOUBTED, UNDO_FAILED, UNDO_REJECTED, UNDO_UNKNOWN ->
          moves.enter(
              snapshot.run().mode() == Run.Mode.Drill ? Phase.Completed : Phase.Undone,
              Reasons.PARTLY_UNDONE,
              "The undo ends here, by a human's decision. Not put back: %s and what was done before it.%s"
                  .formatted(
                      snapshot.run().question().about(),
                      snapshot.holds().isEmpty() ? "" : " " + Holds.handedOn(snapshot.holds())));
      case OUTCOME_UNKNOWN -> Leaving.begin(snapshot, Choice.Accept);
      default -> moves.climb().accept("");
    };
  }
}
