package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.ladder.SchemaQuery;
import dev.backstep.database.Schemas;
import dev.backstep.database.Schemas.Schema;
import dev.backstep.effect.Author;
import dev.backstep.memory.PerObjectState;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Which schema goes with what a plan runs; a pass does not wait for the answer. */
@ApplicationScoped
public class SchemaQuestions implements PerObjectState {
  private final Schemas schemas;
  private final PlanWakeups wakeups;
  private final Map<String, CompletableFuture<Schema>> asked = new ConcurrentHashMap<>();

  public SchemaQuestions(Schemas schemas, PlanWakeups wakeups) {
    this.schemas = schemas;
    this.wakeups = wakeups;
  }

  /** The answer, which is used once; empty: it is being asked for, and the plan is woken. */
  Optional<Schema> known(RollbackPlan plan) {
    var query = plan.getSpec().stable().schema();
    if (query == null) {
      return Optional.of(Schema.NONE);
    }
    var uid = plan.getMetadata().getUid();
    var answer = asked.computeIfAbsent(uid, it -> ask(plan, query));
    if (!answer.isDone()) {
      return Optional.empty();
    }
    asked.remove(uid, answer);
    return Optional.of(answer.join());
  }

  private CompletableFuture<Schema> ask(RollbackPlan plan, SchemaQuery query) {
    var author = new Author(plan.getMetadata().getNamespace(), plan.getSpec().serviceAccountName());
    var answer = schemas.ask(query, author).toCompletableFuture();
    if (!answer.isDone()) {
      answer.thenRun(wakeups.of(plan));
    }
    return answer;
  }

  @Override
  public void forget(String uid) {
    asked.remove(uid);
  }
}
