package dev.backstep.synccontrol.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.Means;
import dev.backstep.cluster.Access;
import dev.backstep.cluster.Annotations;
import dev.backstep.config.BackstepConfig;
import dev.backstep.memory.PerObjectState;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Together;
import dev.backstep.synccontrol.watch.SyncCache;
import dev.backstep.synccontrol.watch.SyncWakeups;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What would keep a sync from being switched off, found before it is needed: when it is written, or
 * asked to be looked at, and then as long as something is wrong. One that was found in order is not
 * asked about again, so that many at rest ask the API server nothing.
 */
@ApplicationScoped
public class MeansPreflight implements PerObjectState {
  /** A database that hangs is a problem of its own. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Actions executors;
  private final MeansScopes scopes;
  private final Access access;
  private final BackstepConfig config;
  private final SyncWakeups wakeups;
  private final Map<String, Asked> known = new ConcurrentHashMap<>();

  public MeansPreflight(
      Actions executors,
      MeansScopes scopes,
      Access access,
      BackstepConfig config,
      SyncWakeups wakeups) {
    this.executors = executors;
    this.scopes = scopes;
    this.access = access;
    this.config = config;
    this.wakeups = wakeups;
  }

  /**
   * @param about generation of the object, and the wish to look at it
   */
  private record Asked(String about, Instant at, CompletableFuture<List<Problem>> found) {
    boolean inOrder() {
      return found.isDone() && found.join().isEmpty();
    }
  }

  /** What is wrong; empty: it is not looked at, or not known yet, so what was said still holds. */
  Optional<List<Problem>> of(SyncControl sync, SyncControlStatus status, Instant now) {
    var uid = sync.getMetadata().getUid();
    var before = known.get(uid);
    if (SyncCache.open(sync).isPresent() || before == null && saidSo(sync, status)) {
      return Optional.empty();
    }
    var about = about(sync);
    if (before == null || !before.about().equals(about) || again(before, now)) {
      before = new Asked(about, now, asked(sync, now));
      known.put(uid, before);
    }
    return before.found().isDone() ? Optional.of(before.found().join()) : Optional.empty();
  }

  private boolean again(Asked asked, Instant now) {
    return asked.found().isDone()
        && !asked.inOrder()
        && !now.isBefore(asked.at().plus(config.preflight().interval()));
  }

  /** An earlier process found the object in order, as it is now. */
  private static boolean saidSo(SyncControl sync, SyncControlStatus status) {
    return sync.getMetadata().getGeneration().equals(status.observedGeneration())
        && status.conditions().stream()
            .anyMatch(
                it -> it.getType().equals(ConditionTypes.READY) && it.getStatus().equals("True"));
  }

  private static String about(SyncControl sync) {
    return "%d %s"
        .formatted(
            sync.getMetadata().getGeneration(), Annotations.of(sync).get(Annotations.REQUESTED_AT));
  }

  private CompletableFuture<List<Problem>> asked(SyncControl sync, Instant now) {
    var means = sync.getSpec().means();
    var rights =
        means.stream()
            .flatMap(it -> executors.rights(it, scopes.idle(sync, it, now)).stream())
            .toList();
    var permissions =
        access.of(sync.getMetadata().getNamespace(), sync.getSpec().serviceAccountName());
    var denied = permissions.problems(rights);
    var found =
        Together.all(means.stream().map(it -> of(it, scopes.idle(sync, it, now))))
            .thenApply(
                problems -> Stream.concat(denied.stream(), problems.stream()).distinct().toList())
            .toCompletableFuture();
    if (!found.isDone()) {
      found.whenComplete((problems, error) -> wakeups.of(sync).run());
    }
    return found;
  }

  private CompletionStage<List<Problem>> of(Means means, ActionScope scope) {
    return executors
        .preflight(means, scope)
        .toCompletableFuture()
        .copy()
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .exceptionally(error -> List.of(notChecked(means, Together.cause(error))));
  }

  private static Problem notChecked(Means means, Throwable error) {
    var why =
        error instanceof TimeoutException
            ? "there was no answer within %d s".formatted(LIMIT.toSeconds())
            : String.valueOf(error.getMessage());
    return new Problem(
        "NotChecked",
        "It could not be found out whether means %s can be switched off: %s. See to it that what it works on answers."
            .formatted(means.name(), why));
  }

  @Override
  public void forget(String uid) {
    known.remove(uid);
  }
}
