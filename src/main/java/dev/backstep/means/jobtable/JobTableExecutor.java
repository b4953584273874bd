package dev.backstep.means.jobtable;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.BatchedUpdate;
import dev.backstep.database.Identity;
import dev.backstep.database.JobTables;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Pauses the jobs of a queue in a table: workers do not find them any more. Jobs that come later
 * are paused when it is asked again.
 */
@ApplicationScoped
public class JobTableExecutor implements ActionExecutor<JobTable> {
  /** A database that cannot be reached may be back soon, and a worker lets go of a row soon. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final JobTables tables;

  public JobTableExecutor(JobTables tables) {
    this.tables = tables;
  }

  @Override
  public Class<JobTable> type() {
    return JobTable.class;
  }

  @Override
  public Traits traits(JobTable queue) {
    return Traits.HOLD;
  }

  @Override
  public List<Right> rights(JobTable queue, ActionScope scope) {
    return List.of(new Right("get", "", "secrets", List.of(queue.databaseRef().name())));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(JobTable queue, ActionScope scope) {
    return tables.problems(queue, scope.author());
  }

  @Override
  public CompletionStage<Step> next(JobTable queue, ActionScope scope) {
    return tables
        .look(queue, paused(scope), scope.author())
        .thenApply(found -> left(queue, found, scope));
  }

  /** What the marks of this means begin with, once it was off. */
  private static Optional<String> paused(ActionScope scope) {
    return scope.doneAt().map(at -> Mark.prefix(scope.claim(), scope.action(), Intent.Verb.Apply));
  }

  private static Step left(JobTable queue, JobTables.Found found, ActionScope scope) {
    if (found.identity().isEmpty()) {
      return Step.of(new Work.Rolling(found.problems().get(0).message(), LOOK_AGAIN));
    }
    if (!found.problems().isEmpty()) {
      var messages = found.problems().stream().map(Problem::message).toList();
      return Step.impossible(found.problems().get(0).reason(), Sentences.all(messages, ""));
    }
    var database = found.identity().get();
    if (found.pending() == JobTables.Rows.SOME) {
      var step = Step.todo(List.of(pausing(queue, database, scope)));
      return found.setBack() ? step.changedBack(setBack(queue)) : step;
    }
    if (found.stuck() == JobTables.Rows.SOME) {
      return Step.todo(
          List.of(JobTables.effect(queue, queue.failStuck(), false, database, "failed")));
    }
    return found.pending() == JobTables.Rows.LOCKED || found.stuck() == JobTables.Rows.LOCKED
        ? Step.of(new Work.Rolling(locked(queue), LOOK_AGAIN))
        : Step.done("no row of table %s is left to be paused.".formatted(queue.table()));
  }

  private static String setBack(JobTable queue) {
    return "Rows of table %s that were paused were set back by somebody else."
        .formatted(queue.table());
  }

  private static String locked(JobTable queue) {
    return "others have the rows of table %s locked that are left, such as workers that are just taking them; it is waited for them."
        .formatted(queue.table());
  }

  private static BatchedUpdate pausing(JobTable queue, Identity database, ActionScope scope) {
    var target = new Target("database", queue.databaseRef().name());
    var paused = "rows of table %s paused".formatted(queue.table());
    Hold hold =
        scope.held(target).orElseGet(() -> scope.holds(target, "rows as they were", paused));
    return JobTables.effect(queue, queue.pause(), true, database, "paused").taking(hold);
  }
}
