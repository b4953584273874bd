package dev.backstep.resource;

import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import io.fabric8.kubernetes.api.model.HasMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jboss.logging.Logger;

/**
 * Objects that are being deleted are waited for, but not for ever: a finalizer that stays keeps a
 * whole namespace from going. What was left is said in an event and in the log.
 */
@ApplicationScoped
public class Departures {
  private static final Logger LOG = Logger.getLogger(Departures.class);

  private final Events events;
  private final Clock clock;

  public Departures(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  /** True when it was waited for this long. */
  public boolean overdue(HasMetadata object, Duration limit) {
    var deleted = Instant.parse(object.getMetadata().getDeletionTimestamp());
    return !clock.instant().isBefore(deleted.plus(limit));
  }

  /**
   * Says what is left of an object that goes.
   *
   * @param key tells apart what is said of the same object for the same reason
   */
  public void warn(HasMetadata object, String key, String reason, String message) {
    var metadata = object.getMetadata();
    LOG.warnf(
        "%s=%s/%s %s",
        object.getKind().toLowerCase(Locale.ROOT),
        metadata.getNamespace(),
        metadata.getName(),
        message);
    events.sayOnce(object, Occurrence.warning(key, reason, message));
  }
}
