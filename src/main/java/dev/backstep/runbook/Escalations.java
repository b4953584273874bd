package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.ladder.Escalation;
import dev.backstep.text.Sentences;
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
        : "%s Call: %s."
            .formatted(
                message,
                escalation.contacts().stream()
                    .map(Escalations::contact)
                    .collect(Collectors.joining(", ")));
  }

  private static String contact(Escalation.Contact contact) {
    var role = contact.role() == null ? "" : contact.role() + ", ";
    var within =
        contact.respondWithin() == null
            ? ""
            : ", answers within %s".formatted(contact.respondWithin());
    return "%s (%s%s%s)".formatted(contact.name(), role, contact.contact(), within);
  }
}
