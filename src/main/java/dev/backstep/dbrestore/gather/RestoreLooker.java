package dev.backstep.dbrestore.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.dbrestore.decide.Agreeing;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.dbrestore.watch.RestoreWakeups;
import dev.backstep.effect.Work;
import dev.backstep.memory.PerObjectState;
import dev.backstep.restore.Restoring;
import dev.backstep.restore.Stand;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Looks at how far restores are. When each was looked at last may be forgotten: it is looked at
 * again then.
 */
@ApplicationScoped
public class RestoreLooker implements PerObjectState {
  private static final Duration ON_THE_WAY = Duration.ofSeconds(1);

  /** While people think, only what would change what they think about is looked for. */
  private static final Duration ASKED = Duration.ofSeconds(15);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private final Restoring restoring;
  private final RestoreLooks looks;
  private final RestoreWakeups wakeups;
  private final Map<String, Due> due = new ConcurrentHashMap<>();

  public RestoreLooker(Restoring restoring, RestoreLooks looks, RestoreWakeups wakeups) {
    this.restoring = restoring;
    this.looks = looks;
    this.wakeups = wakeups;
  }

  /**
   * When a restore is to be looked at again.
   *
   * @param state that this is about; in another one it is looked at once more
   */
  private record Due(String state, Instant at) {}

  /** What was found; empty: nothing is looked for, or it is not known yet. */
  Optional<Stand> stand(DbRestore restore, DbRestoreSpec spec, Instant now) {
    var run = restore.getStatus().run();
    var uid = restore.getMetadata().getUid();
    var state = state(restore);
    var known = due.get(uid);
    if (run.intent() != null
        || rests(restore, now)
        || known != null && known.state().equals(state) && now.isBefore(known.at())) {
      return Optional.empty();
    }
    var found =
        looks.answer(
            uid,
            state,
            () -> look(restore, spec, run, RestoreScopes.of(restore, spec, run, now)),
            wakeups.of(restore));
    found.ifPresent(stand -> due.put(uid, new Due(state, now.plus(pace(restore, stand)))));
    return found;
  }

  /** Nothing is to be done for now, so the database is not asked. */
  private static boolean rests(DbRestore restore, Instant now) {
    return switch (restore.getStatus().phase()) {
      case Succeeded -> !undo(restore) && !over(restore.getStatus().run(), now);
      case HalfRestored -> !undo(restore);
      default -> !restore.getStatus().phase().isOpen();
    };
  }

  /** People are asked for it once, and then not again. */
  private static boolean undo(DbRestore restore) {
    var asked = restore.getStatus().run().approval();
    return restore.getSpec().state() == DbRestoreSpec.State.Undone
        && (asked == null || !Agreeing.UNDO.equals(asked.level()));
  }

  private static boolean over(RestoreRun run, Instant now) {
    return run.keptUntil() != null && !now.isBefore(run.keptUntil());
  }

  private CompletionStage<Stand> look(
      DbRestore restore, DbRestoreSpec spec, RestoreRun run, ActionScope scope) {
    var wanted = spec.restore();
    return switch (restore.getStatus().phase()) {
      case Quiescing, BackingUp, CuttingOver, Finishing -> restoring.replaced(wanted, scope);
      case Stopping -> restoring.stopped(wanted, scope);
      case Undoing -> restoring.putBack(wanted, scope);
      case AwaitingApproval ->
          Agreeing.UNDO.equals(run.approval().level())
              ? restoring.seen(wanted, scope)
              : restoring.proven(wanted, scope);
      case Restoring, Verifying -> restoring.proven(wanted, scope);
      default -> undo(restore) ? restoring.seen(wanted, scope) : restoring.expired(wanted, scope);
    };
  }

  private static Duration pace(DbRestore restore, Stand stand) {
    var work = stand.step().work();
    if (restore.getStatus().phase() == RestorePhase.AwaitingApproval) {
      return ASKED;
    }
    if (work instanceof Work.Rolling rolling && rolling.lookAgainIn() != null) {
      return rolling.lookAgainIn();
    }
    return work instanceof Work.ToDo || work instanceof Work.Rolling ? ON_THE_WAY : AFTER_FAILURE;
  }

  /** What changes when something was sent, or is wanted otherwise. */
  private static String state(DbRestore restore) {
    var status = restore.getStatus();
    return "%s %s %d".formatted(status.phase(), restore.getSpec().state(), status.seq());
  }

  /** When the next look is due, or the data from before is over; empty: none is. */
  public Optional<Instant> next(DbRestore restore, Instant now) {
    var look = Optional.ofNullable(due.get(restore.getMetadata().getUid())).map(Due::at);
    var over = RestoreCache.run(restore).map(RestoreRun::keptUntil);
    return Stream.concat(look.stream(), over.stream())
        .filter(now::isBefore)
        .min(Comparator.naturalOrder());
  }

  @Override
  public void forget(String uid) {
    due.remove(uid);
  }
}
