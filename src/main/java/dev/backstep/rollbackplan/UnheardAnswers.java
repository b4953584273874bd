package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.approval.Ballot.Ignored;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.rollbackplan.scope.PlanConsents;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.Item;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Approvals that were written since a human was asked about an item, and do not answer it: said
 * once in an event, because who wrote one would wait for its effect.
 */
@ApplicationScoped
public class UnheardAnswers {
  private final PlanConsents consents;
  private final Events events;

  public UnheardAnswers(PlanConsents consents, Events events) {
    this.consents = consents;
    this.events = events;
  }

  /** Says what does not count, when nothing is left to do. */
  void warn(PlanView view) {
    if (view.snapshot() != null) {
      Item.of(view.snapshot())
          .ifPresent(
              item ->
                  consents
                      .ignored(view.plan(), view.snapshot().run(), item)
                      .forEach(ignored -> warn(view, ignored)));
    }
  }

  private void warn(PlanView view, Ignored ignored) {
    var why = "Approval %s by %s does not answer what is asked: %s";
    events.sayOnce(
        view.plan(),
        Occurrence.warning(
            ignored.name(),
            Reasons.APPROVAL_IGNORED,
            why.formatted(ignored.name(), ignored.user(), ignored.reason())));
  }
}
