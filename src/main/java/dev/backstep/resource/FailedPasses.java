package dev.backstep.resource;

import dev.backstep.api.ObservedStatus;
import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.cluster.Refusal;
import dev.backstep.condition.Conditions;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.memory.PerObjectState;
import dev.backstep.text.Sentences;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Passes that ended early because the API server refused something or did not answer: said on the
 * object, since whoever waits for it looks there first, and now and then in the log. The next write
 * of the whole status takes the condition away, of a plan once it was looked at what is due. Where
 * not even that could be written, an Event says afterwards for how long.
 */
@ApplicationScoped
public class FailedPasses implements PerObjectState {
  private static final Logger LOG = Logger.getLogger(FailedPasses.class);
  private static final int CONFLICT = 409;

  /** The event of the newer version comes at once; only where the watch lags is this waited for. */
  private static final Duration AFTER_CONFLICT = Duration.ofSeconds(1);

  private static final Duration AFTER_ERROR = Duration.ofSeconds(5);

  /** The same trouble of an object is not logged more often. */
  private static final Duration LOG_PACE = Duration.ofMinutes(10);

  private final Events events;
  private final Clock clock;
  private final Map<String, Instant> logged = new ConcurrentHashMap<>();

  /** Since when objects have not been able to say that they stand still. */
  private final Map<String, Instant> silent = new ConcurrentHashMap<>();

  public FailedPasses(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  /**
   * Says what went wrong, and when it is tried again.
   *
   * @param status what the object says now; one with nothing in it where it says nothing
   * @param write writes a status
   */
  public <R extends HasMetadata, S extends ObservedStatus<S>> Rest<R> say(
      R object, S status, KubernetesClientException e, Function<S, R> write) {
    if (e.getCode() == CONFLICT) {
      return new Rest<>(object, AFTER_CONFLICT);
    }
    log(object, e);
    return new Rest<>(
        written(object, status, e, write), AFTER_ERROR, Refusal.namespaceTerminates(e));
  }

  /**
   * A pass did not fail.
   *
   * @param stoodStill true where something would have gone on; nobody is told of what was at rest
   */
  public void passed(HasMetadata object, boolean stoodStill) {
    var since = silent.remove(object.getMetadata().getUid());
    if (since != null && stoodStill) {
      var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      var message =
          "The API server did not do what the operator asked for %d s, from %s to %s, so the %s stood still, and could not say so. It goes on by itself."
              .formatted(Duration.between(since, now).toSeconds(), since, now, object.getKind());
      events.say(object, Occurrence.warning(since.toString(), Reasons.API_REQUEST_FAILED, message));
    }
  }

  private void log(HasMetadata object, KubernetesClientException e) {
    var now = clock.instant();
    var metadata = object.getMetadata();
    var before = logged.get(metadata.getUid());
    if (before == null || !now.isBefore(before.plus(LOG_PACE))) {
      logged.put(metadata.getUid(), now);
      LOG.warnf(
          "%s=%s/%s not carried on, trying again: %s",
          object.getSingular(), metadata.getNamespace(), metadata.getName(), e.getMessage());
    }
  }

  private <R extends HasMetadata, S extends ObservedStatus<S>> R written(
      R object, S status, KubernetesClientException e, Function<S, R> write) {
    var said = said(object, status.conditions(), e);
    if (status.conditions().stream().anyMatch(known -> sameWords(known, said))) {
      return object;
    }
    var conditions =
        Stream.concat(
                status.conditions().stream().filter(it -> !it.getType().equals(said.getType())),
                Stream.of(said))
            .toList();
    try {
      return write.apply(status.saying(status.observedGeneration(), status.reason(), conditions));
    } catch (KubernetesClientException again) {
      silent.putIfAbsent(
          object.getMetadata().getUid(), clock.instant().truncatedTo(ChronoUnit.SECONDS));
      LOG.debugf("not said on the object either: %s", again.getMessage());
      return object;
    }
  }

  private Condition said(HasMetadata object, List<Condition> before, KubernetesClientException e) {
    var message =
        "The API server did not do what the operator asked, so the %s stands still: %s. It is tried again every %d s."
            .formatted(
                object.getKind(), Sentences.clause(Refusal.said(e)), AFTER_ERROR.toSeconds());
    return new Conditions(before, object.getMetadata().getGeneration(), clock.instant())
        .say(ConditionTypes.HELD_UP, true, Reasons.API_REQUEST_FAILED, message)
        .list()
        .get(0);
  }

  private static boolean sameWords(Condition known, Condition said) {
    return known.getType().equals(said.getType())
        && Objects.equals(known.getMessage(), said.getMessage());
  }

  @Override
  public void forget(String uid) {
    logged.remove(uid);
    silent.remove(uid);
  }
}
