package dev.backstep.resource;

import dev.backstep.cluster.Annotations;
import dev.backstep.memory.PerObjectState;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What would keep objects from being carried out, found before it is needed: when one is written,
 * or asked to be looked at, and then as long as something is wrong. One that was found in order is
 * not asked about again, so that many at rest ask the API server nothing. Each kind has a bean of
 * its own.
 *
 * @param <R> the kind
 */
public abstract class Preflights<R extends HasMetadata> implements PerObjectState {
  private final Duration interval;
  private final Wakeups<R> wakeups;
  private final Map<String, Asked> known = new ConcurrentHashMap<>();

  /**
   * @param interval how long something that was found wrong is not asked about again at most
   */
  protected Preflights(Duration interval, Wakeups<R> wakeups) {
    this.interval = interval;
    this.wakeups = wakeups;
  }

  /**
   * @param wish to look at it, from its annotation
   * @param pause how long it is not asked about again if something is wrong
   * @param before what was known of the same generation before; empty: nothing
   */
  private record Asked(
      Long generation,
      String wish,
      Instant at,
      Duration pause,
      CompletableFuture<List<Problem>> found,
      Optional<List<Problem>> before) {
    boolean isAbout(HasMetadata object) {
      return generation.equals(object.getMetadata().getGeneration());
    }

    boolean isFor(HasMetadata object) {
      return isAbout(object) && Objects.equals(wish, wishFor(object));
    }

    /**
     * What is being asked is awaited, however often it is wished for meanwhile, so that it comes to
     * an end.
     */
    boolean holds(HasMetadata object, Instant now) {
      if (!found.isDone()) {
        return isAbout(object);
      }
      var wrong = found.isCompletedExceptionally() || !found.join().isEmpty();
      return isFor(object) && (!wrong || now.isBefore(at.plus(pause)));
    }
  }

  /**
   * What is wrong; empty: it is not known yet, so what was said still holds.
   *
   * @param ask finds it out
   */
  protected Optional<List<Problem>> of(
      R object, Instant now, Supplier<CompletionStage<List<Problem>>> ask) {
    var uid = object.getMetadata().getUid();
    var last = Optional.ofNullable(known.get(uid));
    if (last.filter(it -> it.holds(object, now)).isPresent()) {
      return said(uid, last.get());
    }
    var before = last.filter(it -> it.isAbout(object)).flatMap(it -> said(uid, it));
    var pause =
        last.filter(it -> it.isFor(object))
            .map(it -> Rechecks.after(it.pause(), interval))
            .orElse(Rechecks.first(interval));
    var generation = object.getMetadata().getGeneration();
    var asked = new Asked(generation, wishFor(object), now, pause, begun(object, ask), before);
    known.put(uid, asked);
    return said(uid, asked);
  }

  /** True when this process asked about the object already. */
  protected boolean asked(R object) {
    return known.containsKey(object.getMetadata().getUid());
  }

  private static String wishFor(HasMetadata object) {
    return Annotations.of(object).get(Annotations.REQUESTED_AT);
  }

  private CompletableFuture<List<Problem>> begun(
      R object, Supplier<CompletionStage<List<Problem>>> ask) {
    var found = ask.get().toCompletableFuture();
    if (!found.isDone()) {
      found.whenComplete((problems, error) -> wakeups.of(object).run());
    }
    return found;
  }

  /** What the API server refused is asked again by the next pass. */
  private Optional<List<Problem>> said(String uid, Asked asked) {
    try {
      return asked.found().isDone() ? Optional.of(asked.found().join()) : asked.before();
    } catch (CompletionException e) {
      known.remove(uid, asked);
      throw e.getCause() instanceof KubernetesClientException refused ? refused : e;
    }
  }

  /**
   * What is found of one part; that it could not be found out is a problem of its own.
   *
   * @param what begins with "whether"
   * @param limit a database that hangs holds up nothing longer
   */
  public static CompletionStage<List<Problem>> within(
      Duration limit, String what, CompletionStage<List<Problem>> asked) {
    return asked
        .toCompletableFuture()
        .copy()
        .orTimeout(limit.toSeconds(), TimeUnit.SECONDS)
        .exceptionally(error -> List.of(notChecked(limit, what, Together.cause(error))));
  }

  private static Problem notChecked(Duration limit, String what, Throwable error) {
    if (error instanceof KubernetesClientException refused) {
      throw refused;
    }
    var why =
        error instanceof TimeoutException
            ? "there was no answer within %d s".formatted(limit.toSeconds())
            : String.valueOf(error.getMessage());
    return new Problem(
        "NotChecked",
        "It could not be found out %s: %s. See to it that what it works on answers."
            .formatted(what, why));
  }

  @Override
  public void forget(String uid) {
    known.remove(uid);
  }
}
