package dev.backstep.dbrestore.gather;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.cluster.Access;
import dev.backstep.cluster.Annotations;
import dev.backstep.config.BackstepConfig;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.dbrestore.watch.RestoreWakeups;
import dev.backstep.memory.PerObjectState;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Together;
import dev.backstep.restore.RestoreChecks;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What would keep a restore from being done, found before it begins. */
@ApplicationScoped
public class RestorePreflight implements PerObjectState {
  /** A database that hangs is a problem of its own. */
  private static final int LIMIT_SECONDS = 30;

  private final RestoreChecks checks;
  private final Access access;
  private final BackstepConfig config;
  private final RestoreWakeups wakeups;
  private final Map<String, Asked> known = new ConcurrentHashMap<>();

  public RestorePreflight(
      RestoreChecks checks, Access access, BackstepConfig config, RestoreWakeups wakeups) {
    this.checks = checks;
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

  /** What is wrong; empty: it is not looked at, or not known yet. */
  Optional<List<Problem>> of(DbRestore restore, Instant now) {
    if (RestoreCache.run(restore).isPresent()) {
      return Optional.empty();
    }
    var uid = restore.getMetadata().getUid();
    var about =
        "%d %s"
            .formatted(
                restore.getMetadata().getGeneration(),
                Annotations.of(restore).get(Annotations.REQUESTED_AT));
    var before = known.get(uid);
    if (before == null || !before.about().equals(about) || again(before, now)) {
      before = new Asked(about, now, asked(restore, now));
      known.put(uid, before);
    }
    return before.found().isDone() ? Optional.of(before.found().join()) : Optional.empty();
  }

  private boolean again(Asked asked, Instant now) {
    return asked.found().isDone()
        && !asked.inOrder()
        && !now.isBefore(asked.at().plus(config.preflight().interval()));
  }

  private CompletableFuture<List<Problem>> asked(DbRestore restore, Instant now) {
    var scope = RestoreScopes.idle(restore, now);
    var wanted = restore.getSpec().restore();
    var denied =
        access
            .of(scope.namespace(), scope.author().serviceAccount())
            .problems(checks.rights(wanted, scope));
    var found =
        checks
            .problems(wanted, scope)
            .toCompletableFuture()
            .copy()
            .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
            .exceptionally(error -> List.of(notChecked(Together.cause(error))))
            .thenApply(problems -> Stream.concat(denied.stream(), problems.stream()).toList());
    if (!found.isDone()) {
      found.whenComplete((problems, error) -> wakeups.of(restore).run());
    }
    return found;
  }

  private static Problem notChecked(Throwable error) {
    return new Problem(
        "NotChecked",
        "It could not be found out whether the restore can be done: %s. See to it that what it works on answers."
            .formatted(error.getMessage()));
  }

  @Override
  public void forget(String uid) {
    known.remove(uid);
  }
}
