package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Says, in an Event and in the log, what the steps of a run did, and which are alarming. */
@ApplicationScoped
public class PlanEvents {
  private static final Logger LOG = Logger.getLogger(PlanEvents.class);

  /** What an Event has room for. */
  private static final int MAX_MESSAGE = 1024;

  private static final Set<Phase> ALARMING =
      Set.of(Phase.AwaitingAnswer, Phase.Exhausted, Phase.Failed);

  private static final Set<String> ALARMING_REASONS =
      Set.of(
          Reasons.ACTION_FAILED,
          Reasons.NOT_UNDERSTOOD,
          Reasons.ANSWER_STALE,
          Reasons.RUN_REFUSED,
          Reasons.RELEASE_FAILED);

  private final Events events;
  private final Clock clock;

  public PlanEvents(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  /** Notes what a step of a run did. */
  void log(RollbackPlan plan, Transition step) {
    LOG.infof(
        "plan=%s/%s run=%s seq=%d phase=%s level=%s action=%s reason=%s took=%dms",
        plan.getMetadata().getNamespace(),
        plan.getMetadata().getName(),
        step.run(),
        step.seq(),
        step.phase(),
        step.level(),
        step.action(),
        step.reason(),
        Duration.between(step.at(), clock.instant()).toMillis());
  }

  /**
   * Says what the steps between two states of a plan did. Those that followed each other at once
   * are one Event, with the reason of the last of them; what is alarming has one of its own.
   */
  void say(RollbackPlan before, RollbackPlan after) {
    var known = Set.copyOf(PlanView.statusOf(before).transitions());
    var together = new ArrayList<Transition>();
    for (var step : PlanView.statusOf(after).transitions()) {
      if (!known.contains(step)) {
        if (!together.isEmpty() && !goesWith(together, step)) {
          say(after, together);
          together.clear();
        }
        together.add(step);
      }
    }
    if (!together.isEmpty()) {
      say(after, together);
    }
  }

  private static boolean goesWith(List<Transition> together, Transition step) {
    var last = together.get(together.size() - 1);
    return last.claim().equals(step.claim())
        && !isAlarming(last)
        && !isAlarming(step)
        && said(together).length() + step.message().length() < MAX_MESSAGE;
  }

  private void say(RollbackPlan plan, List<Transition> together) {
    var last = together.get(together.size() - 1);
    events.say(
        plan,
        new Occurrence(
            last.claim() + "/" + last.seq(), isAlarming(last), last.reason(), said(together)));
  }

  private static boolean isAlarming(Transition step) {
    return ALARMING.contains(step.phase()) || ALARMING_REASONS.contains(step.reason());
  }

  private static String said(List<Transition> together) {
    return together.stream()
        .map(step -> Sentences.of(step.message()))
        .collect(Collectors.joining(" ", "Run %s: ".formatted(together.get(0).run()), ""));
  }
}
