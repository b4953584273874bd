package dev.backstep.dbrestore.gather;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.cluster.Access;
import dev.backstep.config.BackstepConfig;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.dbrestore.watch.RestoreWakeups;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Preflights;
import dev.backstep.restore.RestoreChecks;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** What would keep a restore from being done, found before it begins. */
@Singleton
public class RestorePreflight extends Preflights<DbRestore> {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final RestoreChecks checks;
  private final Access access;

  public RestorePreflight(
      RestoreChecks checks, Access access, BackstepConfig config, RestoreWakeups wakeups) {
    super(config.preflight().interval(), wakeups);
    this.checks = checks;
    this.access = access;
  }

  /** What is wrong; empty: it is not looked at, or not known yet. */
  Optional<List<Problem>> of(DbRestore restore, Instant now) {
    return RestoreCache.run(restore).isPresent()
        ? Optional.empty()
        : of(restore, now, () -> problems(restore, now));
  }

  private CompletionStage<List<Problem>> problems(DbRestore restore, Instant now) {
    var scope = RestoreScopes.idle(restore, now);
    var wanted = restore.getSpec().restore();
    var denied =
        access
            .of(scope.namespace(), scope.author().serviceAccount())
            .problems(checks.rights(wanted, scope));
    return within(LIMIT, "whether the restore can be done", checks.problems(wanted, scope))
        .thenApply(problems -> Stream.concat(denied.stream(), problems.stream()).toList());
  }
}
