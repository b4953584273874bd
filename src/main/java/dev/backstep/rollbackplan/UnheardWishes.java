package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.rollbackplan.view.PlanView;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;

/**
 * Wishes for the run that have no effect: said once in an event, because whoever asked would wait
 * for one.
 */
@ApplicationScoped
public class UnheardWishes {
  /** Where a run stands that did what the state asks for. */
  private static final Map<Run.State, Set<Phase>> FULFILLED =
      Map.of(
          Run.State.Aborted, Set.of(Phase.Aborted),
          Run.State.Released, Set.of(Phase.Released),
          Run.State.Undone, Set.of(Phase.Undone, Phase.Completed));

  private final Events events;

  public UnheardWishes(Events events) {
    this.events = events;
  }

  /** Says what had no effect, when nothing is left to do. */
  void warn(PlanView view) {
    var run = view.status().run();
    var wish = view.plan().getSpec().run();
    if (run == null || wish == null || view.plan().isMarkedForDeletion()) {
      return;
    }
    if (!wish.id().equals(run.id())) {
      return;
    }
    if (wish.answer() != null) {
      answer(view, run, wish.answer());
    }
    if (Boolean.TRUE.equals(run.active())) {
      releaseOfOpenRun(view, run, wish);
    } else {
      stateOfEndedRun(view, run, wish);
    }
  }

  private void answer(PlanView view, RunStatus run, Run.Answer answer) {
    var question = run.question();
    var open = question != null && answer.question().equals(question.id());
    // While the run is paused a fitting answer waits; it is not stale.
    var waits = open && run.pausedSince() != null && question.choices().contains(answer.choice());
    if (waits || answer.question().equals(run.answered())) {
      return;
    }
    var message =
        question == null
            ? "The answer %s to question %s was not used: no question is open."
                .formatted(answer.choice(), answer.question())
            : "The answer %s to question %s was not used: the question is %s, and it takes %s."
                .formatted(answer.choice(), answer.question(), question.id(), question.choices());
    events.sayOnce(
        view.plan(),
        Occurrence.warning(
            run.claim() + answer.question() + answer.choice(), Reasons.ANSWER_STALE, message));
  }

  private void releaseOfOpenRun(PlanView view, RunStatus run, Run wish) {
    if (wish.state() == Run.State.Released && run.phase() != Phase.Releasing && !asks(run)) {
      warn(
          view,
          run,
          wish,
          "State Released changes nothing while run %s is open (%s): it is looked at when the run has ended. To stop the run first, set state to Aborted."
              .formatted(run.id(), run.phase()));
    }
  }

  /** A release may be what the run asks about. */
  private static boolean asks(RunStatus run) {
    return run.phase() == Phase.AwaitingAnswer;
  }

  private void stateOfEndedRun(PlanView view, RunStatus run, Run wish) {
    var unheard =
        wish.state() != Run.State.Running
            && !FULFILLED.getOrDefault(wish.state(), Set.of()).contains(run.phase());
    if (unheard) {
      warn(
          view,
          run,
          wish,
          "State %s changes nothing: run %s ended before as %s."
              .formatted(wish.state(), run.id(), run.phase()));
    }
  }

  private void warn(PlanView view, RunStatus run, Run wish, String message) {
    events.sayOnce(
        view.plan(),
        Occurrence.warning(run.claim() + wish.state(), Reasons.STATE_WITHOUT_EFFECT, message));
  }
}
