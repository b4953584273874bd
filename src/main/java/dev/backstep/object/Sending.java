package dev.backstep.object;

import dev.backstep.cluster.Refusal;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** One request that changes an object, and what is known after it was refused or not answered. */
final class Sending {
  private static final int RESENDS = 3;
  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int UNPROCESSABLE = 422;

  private Sending() {}

  /**
   * Sends, and sends again while it may still land.
   *
   * @param after how the effect ended, seen on the target; empty: it may still land
   * @throws KubernetesClientException when it is not known how it ended
   */
  static Outcome persistently(
      Supplier<Outcome> request, Function<KubernetesClientException, Optional<Outcome>> after) {
    for (var attempt = 1; ; attempt++) {
      try {
        return request.get();
      } catch (KubernetesClientException e) {
        var seen = after.apply(e);
        if (seen.isPresent()) {
          return seen.get();
        }
        if (attempt == RESENDS) {
          throw e;
        }
      }
    }
  }

  static boolean forbidden(KubernetesClientException e) {
    return e.getCode() == FORBIDDEN;
  }

  static boolean notFound(KubernetesClientException e) {
    return e.getCode() == NOT_FOUND;
  }

  /** True when the API server takes the request for wrong; where it tests something, for late. */
  static boolean invalid(KubernetesClientException e) {
    return e.getCode() == UNPROCESSABLE || e.getCode() == BAD_REQUEST;
  }

  /** What the author has no right to. */
  static Outcome denied(KubernetesClientException e, String verb, Effect effect, Author author) {
    return new Outcome.Failed(
        new Problem(
            "Forbidden",
            "%s may not %s %s: %s. Give it that right by a Role and a RoleBinding."
                .formatted(author, verb, effect.target(), Refusal.said(e))));
  }

  /** What the API server does not take. */
  static Outcome refused(KubernetesClientException e, Effect effect) {
    return new Outcome.Failed(
        new Problem(
            "Invalid",
            "%s was refused by the API server: %s.".formatted(effect.summary(), Refusal.said(e))));
  }
}
