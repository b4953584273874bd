package dev.backstep.rollbackplan;

import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.resource.PerObjectState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Looks that take longer than a pass: begun once, and used only for the state of the run that they
 * were begun for.
 */
@ApplicationScoped
public class Looks implements PerObjectState {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final Map<String, Look> underWay = new ConcurrentHashMap<>();

  private record Look(String state, CompletableFuture<Findings> answer) {
    Look(String state, CompletionStage<Findings> stage) {
      this(state, stage.toCompletableFuture());
    }
  }

  /**
   * What a look found out; empty: it is not known yet, and {@code whenDone} is called when it is.
   *
   * @param uid of the plan
   * @param state of the run: a look that was begun in another one is not used
   * @param begin begins to look
   */
  Optional<Findings> answer(
      String uid, String state, Supplier<CompletionStage<Findings>> begin, Runnable whenDone) {
    var known = underWay.get(uid);
    if (known != null && known.state().equals(state)) {
      return used(uid, known);
    }
    underWay.remove(uid);
    return begun(uid, new Look(state, begin.get()), whenDone);
  }

  private Optional<Findings> begun(String uid, Look look, Runnable whenDone) {
    if (look.answer().isDone()) {
      return Optional.of(found(look.answer()));
    }
    underWay.put(uid, look);
    look.answer()
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .whenComplete((findings, error) -> whenDone.run());
    return Optional.empty();
  }

  /** Used once: the next pass looks again. */
  private Optional<Findings> used(String uid, Look look) {
    if (!look.answer().isDone()) {
      return Optional.empty();
    }
    underWay.remove(uid);
    return Optional.of(found(look.answer()));
  }

  private static Findings found(CompletableFuture<Findings> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KubernetesClientException refused) {
        throw refused;
      }
      return Findings.of(
          Step.of(
              new Work.Rolling(
                  "It could not be looked at what is left to do: %s.".formatted(e.getCause()),
                  LOOK_AGAIN)));
    }
  }

  @Override
  public void forget(String uid) {
    underWay.remove(uid);
  }
}
