package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.TargetWriter.Result;
import dev.backstep.effect.Progress;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Recent;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * Sends the effects of recorded intents, many targets at a time, and says when they ended. What it
 * knows may be lost at any moment: the intent in the status is the truth, and an intent of which
 * this process knows nothing is closed by looking at its targets.
 */
@ApplicationScoped
public class EffectRunner {
  private static final Logger LOG = Logger.getLogger(EffectRunner.class);

  /** More at once gain nothing on a small API server. */
  private static final int CONCURRENCY = 16;

  private static final int RETRY_SECONDS = 2;
  private static final int REMEMBERED = 10_000;

  /** How long the run waits for caches that are behind an effect before it goes on anyway. */
  private static final Duration CACHE_LIMIT = Duration.ofSeconds(10);

  private static final Duration CACHE_PACE = Duration.ofMillis(20);

  private final KubernetesClient client;
  private final Impersonation impersonation;
  private final Images images;
  private final WorkloadLookup workloads;
  private final ScheduledExecutorService pool;

  /** An effect that is forgotten too early is closed by looking at its targets. */
  private final Recent<String, Progress> effects = new Recent<>(REMEMBERED);

  @Inject
  public EffectRunner(
      KubernetesClient client,
      Impersonation impersonation,
      Images images,
      WorkloadLookup workloads) {
    this(client, impersonation, images, workloads, Executors.newScheduledThreadPool(CONCURRENCY));
  }

  /** With threads of the caller's choice. */
  public EffectRunner(
      KubernetesClient client,
      Impersonation impersonation,
      Images images,
      WorkloadLookup workloads,
      ScheduledExecutorService pool) {
    this.pool = pool;
    this.client = client;
    this.impersonation = impersonation;
    this.images = images;
    this.workloads = workloads;
  }

  /** Who carries an effect out, and what to call when it ended. */
  public record Order(String namespace, String serviceAccount, Runnable whenDone) {}

  /** How far an intent's effect is. */
  public Progress progress(Intent intent) {
    return intent == null
        ? new Progress.None()
        : effects.get(intent.mark()).orElseGet(Progress.None::new);
  }

  /** Forgets an effect whose outcome was recorded. */
  public void forget(Intent intent) {
    effects.remove(intent.mark());
  }

  /** Sends an intent's effect for the first time, right after it was recorded. */
  public void send(Intent intent, List<Change> changes, Order order) {
    var writer = writer(order);
    start(intent, changes, order, change -> writer.send(change, intent.mark()));
  }

  /** Brings an intent that was found open to a known end. */
  public void close(Intent intent, boolean wanted, Order order) {
    var writer = writer(order);
    images
        .read(order.namespace(), intent.images())
        .ifPresentOrElse(
            changes ->
                start(
                    intent, changes, order, change -> writer.close(change, intent.mark(), wanted)),
            () -> lost(intent, order));
  }

  /** Without its image nobody can tell which targets the effect was for. */
  private void lost(Intent intent, Order order) {
    var unknown =
        "It is not known what this effect changed: its before-image %s was deleted. Look at the targets; those that were changed say %s in their annotation %s."
            .formatted(String.join(", ", intent.images()), intent.mark(), Annotations.MARK);
    effects.put(
        intent.mark(),
        new Progress.Report(0, 0, 0, List.of(), List.of(), null, List.of(), unknown));
    order.whenDone().run();
  }

  private void start(
      Intent intent, List<Change> changes, Order order, Function<Change, Result> effect) {
    effects.put(intent.mark(), new Progress.InFlight());
    var running =
        changes.stream()
            .map(change -> CompletableFuture.supplyAsync(() -> effect.apply(change), pool))
            .toList();
    CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                var results = running.stream().map(CompletableFuture::join).toList();
                tell(intent, changes, results, order, CACHE_LIMIT);
              } else {
                LOG.warnf("effect %s is not known to have ended: %s", intent.mark(), error);
                lookAgainLater(intent, order);
              }
            });
  }

  /**
   * Says how an effect ended, but only once the caches show it: what is decided from older ones
   * would be refused again and again, and look like somebody else's changes.
   */
  private void tell(
      Intent intent, List<Change> changes, List<Result> results, Order order, Duration remaining) {
    if (!remaining.isNegative() && cachesAreBehind(changes, results)) {
      pool.schedule(
          () -> tell(intent, changes, results, order, remaining.minus(CACHE_PACE)),
          CACHE_PACE.toMillis(),
          TimeUnit.MILLISECONDS);
      return;
    }
    effects.put(intent.mark(), report(changes, results));
    order.whenDone().run();
  }

  private boolean cachesAreBehind(List<Change> changes, List<Result> results) {
    return IntStream.range(0, changes.size())
        .anyMatch(i -> cacheIsBehind(changes.get(i), results.get(i).version()));
  }

  private boolean cacheIsBehind(Change change, String version) {
    var kind =
        Arrays.stream(WorkloadKind.values())
            .filter(it -> it.name().equals(change.kind()))
            .findFirst();
    return version != null
        && kind.flatMap(
                it -> workloads.find(change.namespace(), new WorkloadRef(it, change.name())))
            .map(cached -> cached.object().getMetadata().getResourceVersion())
            .filter(cached -> Long.parseLong(cached) < Long.parseLong(version))
            .isPresent();
  }

  /** The API server does not answer: leave it some time before the intent is closed. */
  private void lookAgainLater(Intent intent, Order order) {
    pool.schedule(
        () -> {
          effects.remove(intent.mark());
          order.whenDone().run();
        },
        RETRY_SECONDS,
        TimeUnit.SECONDS);
  }

  private static Progress report(List<Change> changes, List<Result> results) {
    var counts = new int[Result.Kind.values().length];
    List<Hold> held = new ArrayList<>();
    List<Hold> released = new ArrayList<>();
    List<String> untouched = new ArrayList<>();
    Problem failure = null;
    for (var i = 0; i < results.size(); i++) {
      var result = results.get(i);
      var change = changes.get(i);
      counts[result.kind().ordinal()]++;
      if (result.kind() == Result.Kind.APPLIED && change.hold() != null) {
        held.add(change.hold());
      }
      var off = result.kind() == Result.Kind.APPLIED || result.kind() == Result.Kind.GONE;
      if (off && change.releases() != null) {
        released.add(change.releases());
      }
      if (result.kind() != Result.Kind.APPLIED) {
        untouched.add(change.kind() + "/" + change.name());
      }
      if (failure == null) {
        failure = failure(change, result);
      }
    }
    return new Progress.Report(
        counts[Result.Kind.APPLIED.ordinal()],
        counts[Result.Kind.REFUSED.ordinal()],
        counts[Result.Kind.GONE.ordinal()],
        held,
        released,
        failure,
        untouched,
        null);
  }

  /** What does not exist cannot be repaired; but it needs no release any more. */
  private static Problem failure(Change change, Result result) {
    if (result.kind() == Result.Kind.GONE && change.releases() == null) {
      return new Problem(
          "TargetGone",
          change.kind() + " " + change.name() + " does not exist any more. Create it again first.");
    }
    return result.failure();
  }

  private TargetWriter writer(Order order) {
    return new TargetWriter(
        client,
        impersonation.as(order.namespace(), order.serviceAccount()),
        "ServiceAccount " + order.namespace() + "/" + order.serviceAccount());
  }

  @PreDestroy
  void stop() {
    pool.shutdown();
  }
}
