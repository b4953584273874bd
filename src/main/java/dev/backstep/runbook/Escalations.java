package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Escalation;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import java.util.stream.Collectors;

/** Whom to call, in a sentence. */
public final class Escalations {
  private Escalations() {}

  /** What is said when the ladder does not help; it begins with a space. */
  public static String text(RollbackPlanSpec plan) {
    var escalation = plan.escalation();
    if (escalation == null) {
      return " Call the people who own the application.";
    }
    var message = escalation.message() == null ? "" : " " + Sentences.of(escalation.message());
    return escalation.contacts() == null || escalation.contacts().isEmpty()
        ? message
        : message
            + " Call: "
            + escalation.contacts().stream()
                .map(Escalations::contact)
                .collect(Collectors.joining(", "))
            + ".";
  }

  private static String contact(Escalation.Contact contact) {
    return contact.name()
        + " ("
        + (contact.role() == null ? "" : contact.role() + ", ")
        + contact.contact()
        + (contact.respondWithin() == null ? "" : ", answers within " + contact.respondWithin())
        + ")";
  }
}
