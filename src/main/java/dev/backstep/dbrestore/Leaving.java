package dev.backstep.dbrestore;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.resource.Rest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Says when a DbRestore that is being deleted may go: when it ended; and in any case after half a
 * minute, because its database may go with the same namespace, and a finalizer that stays keeps
 * that from going. What was left is said in an event and in the log.
 */
@ApplicationScoped
public class Leaving {
  private static final Logger LOG = Logger.getLogger(Leaving.class);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Events events;
  private final Clock clock;

  public Leaving(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  /** True when the finalizer may go. */
  boolean settled(Rest<DbRestore> rest) {
    var restore = rest.object();
    if (!restore.said().phase().isOpen()) {
      return true;
    }
    var over = rest.namespaceGoes() || overdue(restore);
    if (over) {
      warn(restore);
    }
    return over;
  }

  private boolean overdue(DbRestore restore) {
    var deleted = Instant.parse(restore.getMetadata().getDeletionTimestamp());
    return !clock.instant().isBefore(deleted.plus(LIMIT));
  }

  private void warn(DbRestore restore) {
    var metadata = restore.getMetadata();
    var message =
        "The DbRestore was deleted in phase %s, and could not be brought to an end within %d s. Look which databases %s_bs… are left on the server, and put back by hand what is kept off: %s."
            .formatted(
                restore.getStatus().phase(),
                LIMIT.toSeconds(),
                restore.getStatus().target(),
                RestoreCache.run(restore).stream()
                    .flatMap(run -> run.holds().stream())
                    .map(Hold::target)
                    .distinct()
                    .collect(
                        Collectors.collectingAndThen(
                            Collectors.joining(", "), said -> said.isEmpty() ? "nothing" : said)));
    LOG.warnf("dbrestore=%s/%s %s", metadata.getNamespace(), metadata.getName(), message);
    events.sayOnce(restore, Occurrence.warning("deleted", Reasons.RELEASE_FAILED, message));
  }
}
