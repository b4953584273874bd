package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.jboss.logging.Logger;

/** Says, in an Event and in the log, what the steps of a run did, and which are alarming. */
@ApplicationScoped
public class PlanEvents {
  private static final Logger LOG = Logger.getLogger(PlanEvents.class);

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

  /** Says what a step of a run did. */
  void say(RollbackPlan plan, Transition step) {
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
    events.say(
        plan,
        new Occurrence(
            step.claim() + "/" + step.seq(),
            ALARMING.contains(step.phase()) || ALARMING_REASONS.contains(step.reason()),
            step.reason(),
            "Run " + step.run() + ": " + step.message()));
  }
}
