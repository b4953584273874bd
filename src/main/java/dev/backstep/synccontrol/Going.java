package dev.backstep.synccontrol;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.resource.Rest;
import dev.backstep.synccontrol.gather.HoldersNow;
import dev.backstep.synccontrol.watch.SyncCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Says when a SyncControl that is being deleted may go: when it is given back, which waits for its
 * holders; and without holders in any case after a minute, because a finalizer that stays keeps a
 * whole namespace from going. What was left is said in an event and in the log.
 */
@ApplicationScoped
public class Going {
  private static final Logger LOG = Logger.getLogger(Going.class);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Events events;
  private final Clock clock;

  public Going(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
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
      warn(sync);
    }
    return over;
  }

  private boolean overdue(SyncControl sync) {
    var deleted = Instant.parse(sync.getMetadata().getDeletionTimestamp());
    return sync.getStatus().holders().stream().noneMatch(HoldersNow::keepsFromGoing)
        && !clock.instant().isBefore(deleted.plus(LIMIT));
  }

  private void warn(SyncControl sync) {
    var metadata = sync.getMetadata();
    var message =
        "The SyncControl was deleted, and could not give back within a minute what it keeps off: %s. Put it back by hand."
            .formatted(
                SyncCache.open(sync).orElseThrow().holds().stream()
                    .map(Hold::target)
                    .distinct()
                    .collect(Collectors.joining(", ")));
    LOG.warnf("synccontrol=%s/%s %s", metadata.getNamespace(), metadata.getName(), message);
    events.sayOnce(sync, Occurrence.warning("deleted", Reasons.RELEASE_FAILED, message));
  }
}
