package dev.backstep.action.rollback;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.api.v1alpha1.action.RollBack.OnSchemaChange;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.database.Schemas;
import dev.backstep.database.Schemas.Schema;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.stable.StableContent;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Old code does not fit a new schema: before a roll back to a stable state it is looked whether the
 * database still has the schema that this state ran with. Once the action has begun, it is not
 * asked any more.
 */
@ApplicationScoped
public class SchemaGuard {
  private final Schemas schemas;

  public SchemaGuard(Schemas schemas) {
    this.schemas = schemas;
  }

  /** The step, with what speaks against it. */
  CompletionStage<Step> look(
      Step step, RollBack action, Destination destination, ActionScope scope) {
    var query = scope.facts().schema();
    var asked =
        query.isPresent()
            && action.onSchemaChange() != OnSchemaChange.Ignore
            && destination.stable() != null
            && step.work() instanceof Work.ToDo
            && !begun(scope);
    return asked
        ? schemas
            .ask(query.get(), scope.author())
            .thenApply(
                now -> doubt(now, destination.stable(), action).map(step::doubted).orElse(step))
        : step.now();
  }

  private static boolean begun(ActionScope scope) {
    return scope.sent().stream()
        .anyMatch(
            effect -> effect.verb() == Intent.Verb.Apply && effect.attempt() == scope.attempt());
  }

  /** Nobody is passed over where it is not known: then a human is asked, whatever the plan says. */
  private static Optional<Work.Doubt> doubt(Schema now, StableContent stable, RollBack action) {
    var workloads = String.join(", ", action.workloads().stream().map(Object::toString).toList());
    if (now.problem() != null) {
      return Optional.of(
          new Work.Doubt(
              "%s would go back to what ran with schema %s, and which schema the database has now could not be asked: %s"
                  .formatted(workloads, stable.schema(), now.problem()),
              false));
    }
    if (stable.schema() == null) {
      return Optional.of(
          new Work.Doubt(
              "%s would go back to a state of which nobody recorded its schema; now it is %s."
                  .formatted(workloads, now.value()),
              false));
    }
    return Objects.equals(stable.schema(), now.value())
        ? Optional.empty()
        : Optional.of(
            new Work.Doubt(
                "%s would go back to what ran with schema %s, and the database has schema %s now. Put the schema back first, or see to it that the old code can do with the new one."
                    .formatted(workloads, stable.schema(), now.value()),
                action.onSchemaChange() == OnSchemaChange.NextLevel));
  }
}
