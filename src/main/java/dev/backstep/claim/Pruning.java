package dev.backstep.claim;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.cluster.Refusal;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Images;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.memory.PerObjectState;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Drops the records of runs that nobody needs any more, in the background. What such a run left at
 * its targets is taken away first: a process that dies in between finds the records, and does it
 * again. Each kind has a bean of its own.
 *
 * @param <P> the spec of the kind
 * @param <R> the kind
 */
public abstract class Pruning<P, R extends CustomResource<P, ?>> implements PerObjectState {
  private static final Logger LOG = Logger.getLogger(Pruning.class);

  /** As many threads as it wants: a database that hangs holds up the records of one object more. */
  protected static final int AT_ONCE = 2;

  /** So many claims wait for a database that does not answer; then they go in spite of it. */
  private static final int WAITING = 10;

  private final Claims<P> claims;
  private final Prunable<R> prunable;
  private final Function<P, String> serviceAccount;
  private final Images images;
  private final Effectors effectors;
  private final Events events;
  private final ExecutorService threads;

  /** Objects whose records are looked through, and those that are going, by uid. */
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  private final Map<String, Boolean> going = new ConcurrentHashMap<>();

  /**
   * Drops records of a kind.
   *
   * @param serviceAccount on whose rights the run of what was pinned did what it did
   */
  protected <C extends Claims<P> & Prunable<R>> Pruning(
      C claims,
      Function<P, String> serviceAccount,
      Images images,
      Effectors effectors,
      Events events,
      ExecutorService threads) {
    this.claims = claims;
    this.prunable = claims;
    this.serviceAccount = serviceAccount;
    this.images = images;
    this.effectors = effectors;
    this.events = events;
    this.threads = threads;
  }

  /** Begins to drop what an object keeps of its oldest runs. */
  public void begin(R object) {
    var uid = object.getMetadata().getUid();
    if (underWay.add(uid)) {
      threads.execute(
          () -> {
            try {
              prune(object);
            } catch (KubernetesClientException e) {
              warn(object, e);
            } finally {
              underWay.remove(uid);
            }
          });
    }
  }

  /**
   * An object that goes leaves the claims that others would need too, so that its ids stay used
   * when one of its name comes back. Images go: nobody can use them any more to put back what it
   * did, unless something is still held.
   *
   * @return true: it is over
   */
  public boolean outlived(R object) {
    var uid = object.getMetadata().getUid();
    if (going.putIfAbsent(uid, false) == null) {
      threads.execute(
          () -> {
            try {
              prune(object);
              prunable.orphaned(object).forEach((claim, left) -> outlive(object, claim, left));
            } catch (KubernetesClientException e) {
              warn(object, e);
            } finally {
              going.put(uid, true);
            }
          });
    }
    return going.get(uid);
  }

  @Override
  public void forget(String uid) {
    going.remove(uid);
  }

  private void prune(R object) {
    var namespace = object.getMetadata().getNamespace();
    var unneeded = prunable.unneeded(object);
    for (var i = 0; i < unneeded.size(); i++) {
      var left = claims.images(namespace, unneeded.get(i));
      if (forgotten(object, unneeded.get(i), left) || i >= WAITING) {
        claims.drop(namespace, unneeded.get(i), left);
      }
    }
  }

  private void outlive(R object, String claim, List<ControllerRevision> left) {
    forgotten(object, claim, left);
    claims.drop(left);
  }

  /** Takes away what a run left at each of its targets; what cannot be is said. */
  private boolean forgotten(R object, String claim, List<ControllerRevision> left) {
    var targets = new LinkedHashMap<String, Effect>();
    left.stream()
        .flatMap(image -> images.of(image).stream())
        .forEach(
            effect -> targets.putIfAbsent(effect.getClass().getName() + effect.target(), effect));
    return targets.values().stream()
        .map(effect -> forgotten(object, claim, effect, author(object, claim)))
        .reduce(true, Boolean::logicalAnd);
  }

  /** On whose rights the run did what it did. */
  private Author author(R object, String claim) {
    var namespace = object.getMetadata().getNamespace();
    var pinned = claims.find(namespace, claim).map(Claim::pinned).orElse(object.getSpec());
    return new Author(namespace, serviceAccount.apply(pinned));
  }

  private <E extends Effect> boolean forgotten(R object, String claim, E effect, Author author) {
    var problem = effectors.of(effect).forget(effect, claim, author);
    problem.ifPresent(
        it -> {
          log(object, it.message());
          events.sayOnce(
              object,
              Occurrence.warning(claim + effect.target(), Reasons.NOT_FORGOTTEN, it.message()));
        });
    return problem.isEmpty();
  }

  private void warn(R object, KubernetesClientException e) {
    log(object, "its ControllerRevisions stay: %s".formatted(Refusal.said(e)));
  }

  private void log(R object, String what) {
    var metadata = object.getMetadata();
    LOG.warnf(
        "%s=%s/%s %s", object.getSingular(), metadata.getNamespace(), metadata.getName(), what);
  }

  @PreDestroy
  protected void stop() {
    threads.shutdownNow();
  }
}
