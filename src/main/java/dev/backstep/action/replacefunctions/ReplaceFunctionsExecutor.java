package dev.backstep.action.replacefunctions;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.ReplaceFunctions;
import dev.backstep.api.v1alpha1.action.ReplaceFunctions.Function;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.Functions;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Lets functions of a database do something else. */
@ApplicationScoped
public class ReplaceFunctionsExecutor implements ActionExecutor<ReplaceFunctions> {
  private final Functions functions;

  public ReplaceFunctionsExecutor(Functions functions) {
    this.functions = functions;
  }

  @Override
  public Class<ReplaceFunctions> type() {
    return ReplaceFunctions.class;
  }

  @Override
  public Traits traits(ReplaceFunctions action) {
    return Traits.UNSEEN_HOLD;
  }

  @Override
  public List<Right> rights(ReplaceFunctions action, ActionScope scope) {
    return List.of(new Right("get", "", "secrets", List.of(action.databaseRef().name())));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(ReplaceFunctions action, ActionScope scope) {
    return functions.problems(action, scope.author());
  }

  @Override
  public CompletionStage<Step> next(ReplaceFunctions action, ActionScope scope) {
    var databaseRef = action.databaseRef().name();
    return scope.applied()
        ? Step.done("the functions are replaced.").now()
        : functions
            .look(action, scope.author(), scope.claim())
            .thenApply(
                found ->
                    found.step(databaseRef, scope.timeout(), summary(action), hold(action, scope)));
  }

  private static String summary(ReplaceFunctions action) {
    var names = action.functions().stream().map(Function::name).toList();
    return Sentences.bounded("functions %s replaced".formatted(String.join(", ", names)));
  }

  private static Hold hold(ReplaceFunctions action, ActionScope scope) {
    var database = new Target("database", action.databaseRef().name());
    return scope.holds(database, "functions as they were", summary(action));
  }
}
