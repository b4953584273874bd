package dev.backstep.synccontrol;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.resource.Departures;
import dev.backstep.resource.Rest;
import dev.backstep.synccontrol.gather.HoldersNow;
import dev.backstep.synccontrol.watch.SyncCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * Says when a SyncControl that is being deleted may go: when it is given back, which waits for its
 * holders; and without holders in any case after a minute, because a finalizer that stays keeps a
 * whole namespace from going. What was left is said in an event and in the log.
 */
@ApplicationScoped
public class Going {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Departures departures;

  public Going(Departures departures) {
    this.departures = departures;
  }

  /** True when the finalizer may go. */
  boolean settled(Rest<SyncControl> rest) {
    var sync = rest.object();
    if (SyncCache.open(sync).isEmpty()) {
      return true;
    }
    // Nothing can be kept in a namespace that goes, so nothing can be given back either.
    var over = rest.namespaceGoes() || overdue(sync);
    if (over) {
      departures.warn(sync, "deleted", Reasons.RELEASE_FAILED, left(sync));
    }
    return over;
  }

  private boolean overdue(SyncControl sync) {
    return sync.getStatus().holders().stream().noneMatch(HoldersNow::keepsFromGoing)
        && departures.overdue(sync, LIMIT);
  }

  private static String left(SyncControl sync) {
    return "The SyncControl was deleted, and could not give back within a minute what it keeps off: %s. Put it back by hand."
        .formatted(
            SyncCache.open(sync).orElseThrow().holds().stream()
                .map(Hold::target)
                .distinct()
                .collect(Collectors.joining(", ")));
  }
}
