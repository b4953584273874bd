package dev.backstep.action.http;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Replica;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.http.HttpRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * What is left of a request to every replica of a Service: one effect for each. An attempt is about
 * the replicas that were ready when its first request was sent; those that come later are none of
 * its business, so nobody is said to have changed anything.
 *
 * @param replicas who is behind the Service now
 * @param request the request to one of them
 */
record EachReplica(
    ActionScope scope, List<Replica> replicas, Function<Replica, HttpRequest> request) {
  /** As many as one gate asks. */
  private static final int MOST = 100;

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /** Who is behind the Service is not known: it is looked at again. */
  static Step unknown(Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : error;
    return Step.of(new Work.Rolling("%s.".formatted(cause.getMessage()), LOOK_AGAIN));
  }

  Step step() {
    var sent = results(scope.attempt());
    var left =
        sent.containsValue(How.Applied)
            ? replicas.stream().filter(it -> notSent(sent.get(target(it)))).toList()
            : replicas.stream()
                .filter(Replica::ready)
                .filter(it -> !done().contains(target(it)))
                .toList();
    if (left.size() > MOST) {
      return Step.impossible(
          "TooManyReplicas",
          "%d replicas are ready, more than %d are not asked one by one."
              .formatted(left.size(), MOST));
    }
    if (!left.isEmpty()) {
      return Step.todo(left.stream().map(request).toList());
    }
    return sent.containsValue(How.Applied) || !done().isEmpty()
        ? Step.done("each replica answered as wanted.")
        : Step.of(new Work.Rolling("No replica is ready.", LOOK_AGAIN));
  }

  private static boolean notSent(How how) {
    return how == How.NotSent || how == How.Refused;
  }

  /**
   * Those that need no second request: an attempt that a human asked for after some had failed is
   * about the others. After one that reached all of them, it is about all of them again.
   */
  private Set<String> done() {
    var done = new HashSet<String>();
    for (var attempt = 1; attempt < scope.attempt(); attempt++) {
      var results = results(attempt);
      results.forEach(
          (target, how) -> {
            if (how == How.Applied) {
              done.add(target);
            }
          });
      if (done.containsAll(results.keySet())) {
        done.clear();
      }
    }
    return done;
  }

  /** How each target ended last, and whether it was ever reached. */
  private Map<String, How> results(int attempt) {
    var results = new LinkedHashMap<String, How>();
    scope.sent().stream()
        .filter(effect -> effect.verb() == Intent.Verb.Apply && effect.attempt() == attempt)
        .map(EffectStatus::results)
        .flatMap(List::stream)
        .forEach(result -> results.merge(result.target(), result.how(), EachReplica::last));
    return results;
  }

  private static How last(How before, How after) {
    return before == How.Applied ? before : after;
  }

  private static String target(Replica replica) {
    return HttpRequest.target(replica).toString();
  }
}
