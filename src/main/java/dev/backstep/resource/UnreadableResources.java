package dev.backstep.resource;

import dev.backstep.api.ObservedStatus;
import dev.backstep.api.TolerantResource;
import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.condition.Conditions;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * Objects that a newer version wrote. They are left alone, and say so; a status that cannot be read
 * is not written either, because writing it would lose what it says.
 */
@ApplicationScoped
public class UnreadableResources {
  private final Events events;
  private final Clock clock;

  public UnreadableResources(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  /**
   * Says what is not understood of an object.
   *
   * @param status what the object says now; one with nothing in it where it says nothing
   * @param write writes a status if it is another one
   */
  public <S extends ObservedStatus<S>> void report(
      TolerantResource<?, S> object, String problem, S status, Consumer<S> write) {
    var message =
        "This version of the operator does not understand %s. The %2$s is left alone. Upgrade the operator, or correct the %2$s."
            .formatted(problem, object.getKind());
    events.sayOnce(object, Occurrence.warning(problem, Reasons.NOT_UNDERSTOOD, message));
    if (!problem.startsWith("status")) {
      write.accept(said(status, object.getMetadata().getGeneration(), message));
    }
  }

  private <S extends ObservedStatus<S>> S said(S status, Long generation, String message) {
    var conditions =
        new Conditions(status.conditions(), generation, clock.instant())
            .say(ConditionTypes.READY, false, Reasons.NOT_UNDERSTOOD, message)
            .say(ConditionTypes.STALLED, true, Reasons.NOT_UNDERSTOOD, message)
            .list();
    return status.saying(generation, Reasons.NOT_UNDERSTOOD, conditions);
  }
}
