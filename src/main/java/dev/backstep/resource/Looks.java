package dev.backstep.resource;

import dev.backstep.effect.LookThreads;
import dev.backstep.memory.PerObjectState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Looks that may take longer than a pass: begun once, and used only for the state that they were
 * begun for. Each kind has a bean of its own.
 *
 * @param <T> what a look finds out
 */
public abstract class Looks<T> implements PerObjectState {
  private final LookThreads threads;
  private final Map<String, Look<T>> underWay = new ConcurrentHashMap<>();

  protected Looks(LookThreads threads) {
    this.threads = threads;
  }

  /**
   * A look that was begun.
   *
   * @param missed true once somebody wanted to know while it went on: it may have seen what was so
   *     before that
   */
  private record Look<T>(String state, CompletableFuture<T> answer, AtomicBoolean missed) {}

  /** What is said of a look that failed; what the API server refused ends the pass instead. */
  protected abstract T failed(Throwable why);

  /**
   * What a look found out; empty: it is not known yet, and {@code whenDone} is called when it is.
   *
   * @param uid of the object; with a slash and a name where it has several looks at once
   * @param state of the object: a look that was begun in another one is not used
   * @param begin begins to look
   */
  public Optional<T> answer(
      String uid, String state, Supplier<CompletionStage<T>> begin, Runnable whenDone) {
    var known = underWay.get(uid);
    if (known != null && known.state().equals(state)) {
      return used(uid, known, whenDone);
    }
    underWay.remove(uid);
    return begun(uid, state, begin, whenDone);
  }

  private Optional<T> begun(
      String uid, String state, Supplier<CompletionStage<T>> begin, Runnable whenDone) {
    var answer = begin.get().toCompletableFuture();
    if (answer.isDone()) {
      return Optional.of(found(answer));
    }
    underWay.put(uid, new Look<>(state, answer, new AtomicBoolean()));
    threads.limit(answer, LookThreads.LIMIT);
    answer.whenComplete((found, error) -> whenDone.run());
    return Optional.empty();
  }

  /** Used once: the next pass looks again. There is one if something happened meanwhile. */
  private Optional<T> used(String uid, Look<T> look, Runnable again) {
    if (!look.answer().isDone()) {
      look.missed().set(true);
      return Optional.empty();
    }
    underWay.remove(uid);
    if (look.missed().get()) {
      again.run();
    }
    return Optional.of(found(look.answer()));
  }

  private T found(CompletableFuture<T> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KubernetesClientException refused) {
        throw refused;
      }
      return failed(e.getCause());
    }
  }

  @Override
  public void forget(String uid) {
    underWay.keySet().removeIf(key -> key.equals(uid) || key.startsWith(uid + "/"));
  }
}
