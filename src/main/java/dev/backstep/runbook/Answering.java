package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run.Answer;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.runbook.Decision.Wait;

/** A run that asked: nothing moves before a human answers. Phase AwaitingAnswer. */
final class Answering {
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
            .message(answer.by() + " answered " + answer.choice() + ". " + advance.run().message())
            .build();
    return new Advance(run, advance.holds(), advance.action());
  }

  private static Answer fitting(RunSnapshot snapshot) {
    var question = snapshot.run().question();
    var answer = snapshot.wish() == null ? null : snapshot.wish().answer();
    var fits =
        answer != null
            && answer.question().equals(question.id())
            && question.choices().contains(answer.choice());
    return fits ? answer : null;
  }

  private static Advance carryOut(RunSnapshot snapshot, Answer answer) {
    var ask = Ask.of(snapshot.run().question().reason());
    return switch (answer.choice()) {
      case Retry -> retry(snapshot, ask);
      case NextLevel ->
          snapshot.run().level() == null
              ? leaveOutFirst(snapshot, ask)
              : new Steps(snapshot).nextLevel(ask.leaving(), "");
      case Accept -> accept(snapshot, ask);
    };
  }

  /** No level was entered: the gates are still measured before the next one acts. */
  private static Advance leaveOutFirst(RunSnapshot snapshot, Ask ask) {
    return new Steps(snapshot)
        .enter(
            Phase.Pending,
            Reasons.ANSWERED,
            "Level " + snapshot.nextLevel().name() + " is left out.",
            run ->
                run.levels(new Steps(snapshot).leftOut(snapshot.nextLevelIndex(), ask.leaving())));
  }

  private static Advance retry(RunSnapshot snapshot, Ask ask) {
    var steps = new Steps(snapshot);
    var message = "It is tried again.";
    if (ask == Ask.PREFLIGHT && snapshot.run().level() == null) {
      return steps.enter(Phase.Pending, Reasons.ANSWERED, message);
    }
    if (ask == Ask.ACTION_FAILED || ask == Ask.EFFECT_NOT_OBSERVED) {
      return steps.enter(
          Phase.Acting,
          Reasons.ANSWERED,
          message,
          run ->
              run.action(snapshot.actionIndex())
                  .levels(
                      steps.withAction(
                          action ->
                              action
                                  .with()
                                  .outcome(null)
                                  .conflicts(0)
                                  .effectsBefore(action.effects())
                                  .startedAt(snapshot.now())
                                  .endedAt(null)
                                  .build())));
    }
    return steps.measure(ask.retry(), Reasons.ANSWERED, message);
  }

  private static Advance accept(RunSnapshot snapshot, Ask ask) {
    var steps = new Steps(snapshot);
    return switch (ask) {
      case STATUS_LOST ->
          steps.enter(
              Phase.Aborted,
              Reasons.ACCEPTED_BY_HUMAN,
              "The run ends here. What it changed stays changed.");
      case RELEASE_FAILED ->
          steps.enter(
              Phase.Released,
              Reasons.ACCEPTED_BY_HUMAN,
              snapshot.holds().isEmpty()
                  ? "Everything was given back."
                  : Holds.left(snapshot.holds()));
      default ->
          steps.finish(
              LevelStatus.Outcome.Accepted,
              Reasons.ACCEPTED_BY_HUMAN,
              "The run ends as it is, by a human's decision.");
    };
  }
}
