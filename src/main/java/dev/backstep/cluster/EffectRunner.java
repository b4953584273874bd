package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.api.v1alpha1.Intent;
import dev.backstep.cluster.TargetWriter.Result;
import dev.backstep.runbook.Effect;
import dev.backstep.runbook.Problem;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Sends the effects of recorded intents, many targets at a time, and tells when they ended. What it
 * knows may be lost at any moment: the intent in the status is the truth, and an intent of which
 * this process knows nothing is closed by looking at its targets.
 */
@ApplicationScoped
public class EffectRunner {
  private static final Logger LOG = Logger.getLogger(EffectRunner.class);

  /** More at once gain nothing on a small API server. */
  private static final int CONCURRENCY = 16;

  private static final int RETRY_SECONDS = 2;

  private final KubernetesClient client;
  private final Impersonation impersonation;
  private final Images images;
  private final ScheduledExecutorService pool;
  private final Map<String, Effect> effects = new ConcurrentHashMap<>();

  @Inject
  public EffectRunner(KubernetesClient client, Impersonation impersonation, Images images) {
    this(client, impersonation, images, Executors.newScheduledThreadPool(CONCURRENCY));
  }

  /** With threads of the caller's choice. */
  public EffectRunner(
      KubernetesClient client,
      Impersonation impersonation,
      Images images,
      ScheduledExecutorService pool) {
    this.pool = pool;
    this.client = client;
    this.impersonation = impersonation;
    this.images = images;
  }

  /** Who carries an effect out, and who is told when it ended. */
  public record Order(String namespace, String serviceAccount, Runnable whenDone) {}

  /** What is known of an intent's effect. */
  public Effect known(Intent intent) {
    return intent == null
        ? new Effect.None()
        : effects.getOrDefault(intent.mark(), new Effect.None());
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
        "It is not known what this effect changed: its before-image "
            + String.join(", ", intent.images())
            + " was deleted. Look at the targets; those that were changed say "
            + intent.mark()
            + " in their annotation "
            + Annotations.MARK
            + ".";
    effects.put(
        intent.mark(), new Effect.Report(0, 0, 0, List.of(), List.of(), null, List.of(), unknown));
    order.whenDone().run();
  }

  private void start(
      Intent intent, List<Change> changes, Order order, Function<Change, Result> effect) {
    effects.put(intent.mark(), new Effect.InFlight());
    var running =
        changes.stream()
            .map(change -> CompletableFuture.supplyAsync(() -> effect.apply(change), pool))
            .toList();
    CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                var results = running.stream().map(CompletableFuture::join).toList();
                effects.put(intent.mark(), report(changes, results));
              } else {
                LOG.warnf("effect %s is not known to have ended: %s", intent.mark(), error);
                lookAgainLater(intent, order);
                return;
              }
              order.whenDone().run();
            });
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

  private static Effect report(List<Change> changes, List<Result> results) {
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
    return new Effect.Report(
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
