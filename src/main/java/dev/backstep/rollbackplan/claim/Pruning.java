package dev.backstep.rollbackplan.claim;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.claim.Claim;
import dev.backstep.cluster.Refusal;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Images;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.memory.PerObjectState;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jboss.logging.Logger;

/**
 * Drops the records of runs that nobody needs any more, in the background. What such a run left at
 * its targets is taken away first: a process that dies in between finds the records, and does it
 * again.
 */
@ApplicationScoped
public class Pruning implements PerObjectState {
  private static final Logger LOG = Logger.getLogger(Pruning.class);

  /** A database that hangs holds up the records of one plan more. */
  private static final int AT_ONCE = 2;

  /** So many claims wait for a database that does not answer; then they go in spite of it. */
  private static final int WAITING = 10;

  private final PlanClaims claims;
  private final Images images;
  private final Effectors effectors;
  private final Events events;
  private final ExecutorService threads;

  /** Plans whose records are looked through, and those that are going, by uid. */
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  private final Map<String, Boolean> going = new ConcurrentHashMap<>();

  @Inject
  public Pruning(PlanClaims claims, Images images, Effectors effectors, Events events) {
    this(claims, images, effectors, events, Executors.newScheduledThreadPool(AT_ONCE));
  }

  /** With threads of the caller's choice. */
  public Pruning(
      PlanClaims claims,
      Images images,
      Effectors effectors,
      Events events,
      ScheduledExecutorService threads) {
    this.claims = claims;
    this.images = images;
    this.effectors = effectors;
    this.events = events;
    this.threads = threads;
  }

  /** Begins to drop what a plan keeps of its oldest runs. */
  public void begin(RollbackPlan plan) {
    var uid = plan.getMetadata().getUid();
    if (underWay.add(uid)) {
      threads.execute(
          () -> {
            try {
              prune(plan);
            } catch (KubernetesClientException e) {
              warn(plan, e);
            } finally {
              underWay.remove(uid);
            }
          });
    }
  }

  /**
   * A plan that goes leaves the claims that others would need too, so that its ids stay used when a
   * plan of its name comes back. Images go: nobody can use them any more to put back what the plan
   * did, unless something is still held.
   *
   * @return true: it is over
   */
  public boolean outlived(RollbackPlan plan) {
    var uid = plan.getMetadata().getUid();
    if (going.putIfAbsent(uid, false) == null) {
      threads.execute(
          () -> {
            try {
              prune(plan);
              claims.orphaned(plan).forEach((claim, left) -> outlive(plan, claim, left));
            } catch (KubernetesClientException e) {
              warn(plan, e);
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

  private void prune(RollbackPlan plan) {
    var namespace = plan.getMetadata().getNamespace();
    var unneeded = claims.unneeded(plan);
    for (var i = 0; i < unneeded.size(); i++) {
      var left = claims.images(namespace, unneeded.get(i));
      if (forgotten(plan, unneeded.get(i), left) || i >= WAITING) {
        claims.drop(namespace, unneeded.get(i), left);
      }
    }
  }

  private void outlive(RollbackPlan plan, String claim, List<ControllerRevision> left) {
    forgotten(plan, claim, left);
    claims.drop(left);
  }

  /** Takes away what a run left at each of its targets; what cannot be is said. */
  private boolean forgotten(RollbackPlan plan, String claim, List<ControllerRevision> left) {
    var targets = new LinkedHashMap<String, Effect>();
    left.stream()
        .flatMap(image -> images.of(image).stream())
        .forEach(
            effect -> targets.putIfAbsent(effect.getClass().getName() + effect.target(), effect));
    return targets.values().stream()
        .map(effect -> forgotten(plan, claim, effect, author(plan, claim)))
        .reduce(true, Boolean::logicalAnd);
  }

  /** On whose rights the run did what it did. */
  private Author author(RollbackPlan plan, String claim) {
    var namespace = plan.getMetadata().getNamespace();
    var pinned = claims.find(namespace, claim).map(Claim::pinned).orElse(plan.getSpec());
    return new Author(namespace, pinned.serviceAccountName());
  }

  private <E extends Effect> boolean forgotten(
      RollbackPlan plan, String claim, E effect, Author author) {
    var problem = effectors.of(effect).forget(effect, claim, author);
    problem.ifPresent(
        it -> {
          log(plan, it.message());
          events.sayOnce(
              plan,
              Occurrence.warning(claim + effect.target(), Reasons.NOT_FORGOTTEN, it.message()));
        });
    return problem.isEmpty();
  }

  private static void warn(RollbackPlan plan, KubernetesClientException e) {
    log(plan, "its ControllerRevisions stay: " + Refusal.said(e));
  }

  private static void log(RollbackPlan plan, String what) {
    var metadata = plan.getMetadata();
    LOG.warnf("plan=%s/%s %s", metadata.getNamespace(), metadata.getName(), what);
  }

  @PreDestroy
  void stop() {
    threads.shutdownNow();
  }
}
