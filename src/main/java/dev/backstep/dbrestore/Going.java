package dev.backstep.dbrestore;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.resource.Departures;
import dev.backstep.resource.Rest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * Says when a DbRestore that is being deleted may go: when it ended; and in any case after half a
 * minute, because its database may go with the same namespace, and a finalizer that stays keeps
 * that from going. What was left is said in an event and in the log.
 */
@ApplicationScoped
public class Going {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Departures departures;

  public Going(Departures departures) {
    this.departures = departures;
  }

  /** True when the finalizer may go. */
  boolean settled(Rest<DbRestore> rest) {
    var restore = rest.object();
    if (!restore.said().phase().isOpen()) {
      return true;
    }
    var over = rest.namespaceGoes() || departures.overdue(restore, LIMIT);
    if (over) {
      departures.warn(restore, "deleted", Reasons.RELEASE_FAILED, left(restore));
    }
    return over;
  }

  private static String left(DbRestore restore) {
    var off =
        RestoreCache.run(restore).stream()
            .flatMap(run -> run.holds().stream())
            .map(Hold::target)
            .distinct()
            .collect(Collectors.joining(", "));
    return "The DbRestore was deleted in phase %s, and could not be brought to an end within %d s. Look which databases, or files, %s_bs… are left beside it, and put back by hand what is kept off: %s."
        .formatted(
            restore.getStatus().phase(),
            LIMIT.toSeconds(),
            restore.getStatus().target(),
            off.isEmpty() ? "nothing" : off);
  }
}
