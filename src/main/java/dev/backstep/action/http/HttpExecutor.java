package dev.backstep.action.http;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.DeclaredEffect;
import dev.backstep.api.v1alpha1.action.HttpAction;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Replica;
import dev.backstep.effect.Step;
import dev.backstep.http.FullCall;
import dev.backstep.http.HttpReadings;
import dev.backstep.http.HttpRequest;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Sends one HTTP request. The world does not show that it was sent, so the run's own record says
 * it.
 */
@ApplicationScoped
public class HttpExecutor implements ActionExecutor<HttpAction> {
  private final HttpReadings readings;

  public HttpExecutor(HttpReadings readings) {
    this.readings = readings;
  }

  @Override
  public Class<HttpAction> type() {
    return HttpAction.class;
  }

  @Override
  public Traits traits(HttpAction action) {
    return Traits.declared(action.effect(), action.destructive());
  }

  @Override
  public List<Right> rights(HttpAction action, ActionScope scope) {
    var secrets = calls(action).flatMap(FullCall::secrets).distinct().sorted().toList();
    return secrets.isEmpty() ? List.of() : List.of(new Right("get", "", "secrets", secrets));
  }

  private static Stream<FullCall> calls(HttpAction action) {
    return Stream.of(
            Stream.of(FullCall.of(action)),
            Stream.ofNullable(action.verify()).map(it -> FullCall.reading(action, it)),
            Stream.ofNullable(action.undo()).map(it -> FullCall.of(action, it)))
        .flatMap(calls -> calls);
  }

  @Override
  public CompletionStage<List<Problem>> preflight(HttpAction action, ActionScope scope) {
    var written =
        calls(action)
            .flatMap(call -> readings.invalid(call).stream())
            .map(wrong -> new Problem("CallInvalid", said(scope, wrong)))
            .toList();
    return written.isEmpty()
        ? now(action, scope)
            .thenApply(
                found ->
                    found.stream()
                        .distinct()
                        .map(it -> new Problem(it.reason(), said(scope, it.message())))
                        .toList())
        : CompletableFuture.completedStage(written);
  }

  /** What keeps the calls from being made now; then whether {@code verify} is let in. */
  private CompletionStage<List<Problem>> now(HttpAction action, ActionScope scope) {
    var made =
        calls(action)
            .map(call -> readings.problems(call, scope.author()))
            .reduce(
                CompletableFuture.completedStage(List.of()),
                (some, more) -> some.thenCombine(more, HttpExecutor::both));
    return action.verify() == null
        ? made
        : made.thenCompose(
            found ->
                found.isEmpty()
                    ? readings
                        .rejected(FullCall.reading(action, action.verify()), scope.author())
                        .thenApply(rejected -> rejected.stream().toList())
                    : CompletableFuture.completedStage(found));
  }

  private static List<Problem> both(List<Problem> some, List<Problem> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private static String said(ActionScope scope, String problem) {
    return "Action %s: %s.".formatted(scope.action(), problem.replaceFirst("\\.$", ""));
  }

  @Override
  public CompletionStage<Step> next(HttpAction action, ActionScope scope) {
    if (FullCall.of(action).ofEveryReplica()) {
      return readings
          .replicas(action, scope.author(), !scope.applied())
          .thenApply(
              replicas -> new EachReplica(scope, replicas, it -> request(action, scope, it)).step())
          .exceptionally(EachReplica::unknown);
    }
    return (scope.applied()
            ? Step.done("the endpoint answered as wanted.")
            : Step.todo(List.of(request(action, scope))))
        .now();
  }

  private static HttpRequest request(HttpAction action, ActionScope scope) {
    return holding(HttpRequest.of(action, scope.attempt(), null), action, scope);
  }

  private static HttpRequest request(HttpAction action, ActionScope scope, Replica replica) {
    return holding(HttpRequest.of(action, scope.attempt(), null).at(replica), action, scope);
  }

  private static HttpRequest holding(HttpRequest request, HttpAction action, ActionScope scope) {
    return action.effect() == DeclaredEffect.Hold
        ? request.taking(
            scope.holds(request.target(), request.takenBackBy().orElse(""), request.summary()))
        : request;
  }
}
