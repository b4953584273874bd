package dev.backstep.dbrestore.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Holder;
import dev.backstep.action.PlanFacts;
import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.dbrestore.decide.RestoreEngine;
import dev.backstep.effect.Author;
import dev.backstep.time.Durations;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What executors may know of a restore. */
final class RestoreScopes {
  /** As the same thing is called in a plan. */
  private static final String TYPE = "dbRestore";

  private RestoreScopes() {}

  static ActionScope of(DbRestore restore, DbRestoreSpec spec, RestoreRun run, Instant now) {
    return new ActionScope(
        author(restore, spec),
        holder(restore, run.claim()),
        now,
        run.startedAt(),
        Map.of(),
        Durations.of(spec.timeout()),
        run.done().timedFrom(),
        Optional.empty(),
        run.done().attempt(),
        run.done().effects(),
        run.holds(),
        Optional.empty(),
        PlanFacts.NONE,
        false);
  }

  /** Before it began. */
  static ActionScope idle(DbRestore restore, Instant now) {
    var spec = restore.getSpec();
    return new ActionScope(
        author(restore, spec),
        holder(restore, null),
        now,
        now,
        Map.of(),
        Durations.of(spec.timeout()),
        Optional.empty(),
        Optional.empty(),
        1,
        List.of(),
        List.of(),
        Optional.empty(),
        PlanFacts.NONE,
        false);
  }

  private static Author author(DbRestore restore, DbRestoreSpec spec) {
    return new Author(restore.getMetadata().getNamespace(), spec.serviceAccountName());
  }

  private static Holder holder(DbRestore restore, String claim) {
    var name = restore.getMetadata().getName();
    return new Holder(
        restore.getKind(), name, claim == null ? null : name, claim, RestoreEngine.ACTION, TYPE);
  }
}
