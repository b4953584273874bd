package dev.backstep.resource;

import dev.backstep.api.ObservedStatus;
import dev.backstep.api.TolerantResource;
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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Passes that ended early because the API server refused something, did not answer, or dropped what
 * it was sent: said on the object, since whoever waits for it looks there first, and now and then
 * in the log. The next write of the whole status takes the condition away, of a plan once it was
 * looked at what is due. Where not even that could be written, an Event says afterwards for how
 * long.
 */
@ApplicationScoped
public class FailedPasses implements PerObjectState {
  private static final Logger LOG = Logger.getLogger(FailedPasses.class);
  private static final int CONFLICT = 409;

  /** The event of the newer version comes at once; only where the watch lags is this waited for. */
  private static final Duration AFTER_CONFLICT = Duration.ofSeconds(1);

  private static final Duration AFTER_ERROR = Duration.ofSeconds(5);

  /** What is dropped stays so until somebody applies another CRD; and each try is a write. */
  private static final Duration AFTER_LOSS = Duration.ofSeconds(60);

  /** The same trouble of an object is not logged more often. */
  private static final Duration LOG_PACE = Duration.ofMinutes(10);

  private final Events events;
  private final Clock clock;
  private final Map<String, Instant> logged = new ConcurrentHashMap<>();

  /** Since when objects have not been able to say that they stand still. */
  private final Map<String, Instant> silent = new ConcurrentHashMap<>();

  /** Objects of which something was dropped. */
  private final Map<String, Loss> losses = new ConcurrentHashMap<>();

  /**
   * Something of an object was dropped.
   *
   * @param generation of the object that was to be carried on
   * @param until not tried again before, unless the object is edited
   * @param said on the object; the next try writes a status without it
   */
  private record Loss(Long generation, Instant until, Condition said) {
    boolean lasts(HasMetadata object, Instant now) {
      return now.isBefore(until)
          && Objects.equals(generation, object.getMetadata().getGeneration());
    }

    /** True when the next try follows, and what it finds has been so all the time. */
    boolean goesOn(Instant now) {
      return now.isBefore(until.plus(AFTER_LOSS));
    }
  }

  public FailedPasses(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  /**
   * How an object rests that is not to be carried on for now, whatever wakes it: what it would say
   * was dropped just now. Empty: it may be carried on.
   */
  public <R extends HasMetadata> Optional<Rest<R>> resting(R object) {
    var now = clock.instant();
    return Optional.ofNullable(losses.get(object.getMetadata().getUid()))
        .filter(loss -> loss.lasts(object, now))
        .map(loss -> new Rest<>(object, Duration.between(now, loss.until())));
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
    var pause = pause(object, e);
    var said = said(object, status.conditions(), e, pause);
    if (e instanceof FieldsMissingException) {
      var metadata = object.getMetadata();
      losses.put(
          metadata.getUid(), new Loss(metadata.getGeneration(), clock.instant().plus(pause), said));
    }
    return new Rest<>(written(object, status, said, write), pause, Refusal.namespaceTerminates(e));
  }

  /** One that is being deleted has little time, and each try brings it one write further. */
  private static Duration pause(HasMetadata object, KubernetesClientException e) {
    if (!(e instanceof FieldsMissingException)) {
      return AFTER_ERROR;
    }
    return object.isMarkedForDeletion() ? AFTER_CONFLICT : AFTER_LOSS;
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
      R object, S status, Condition said, Function<S, R> write) {
    if (status.conditions().stream().anyMatch(known -> sameWords(known, said))
        || object instanceof TolerantResource<?, ?> read && read.unreadable().isPresent()) {
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

  /** With the time at which it began, where it was said right before the write that dropped it. */
  private Condition said(
      HasMetadata object, List<Condition> known, KubernetesClientException e, Duration pause) {
    var now = clock.instant();
    var before =
        Stream.concat(
                known.stream(),
                Stream.ofNullable(losses.get(object.getMetadata().getUid()))
                    .filter(loss -> loss.goesOn(now))
                    .map(Loss::said))
            .toList();
    var reason =
        e instanceof FieldsMissingException ? Reasons.FIELDS_MISSING : Reasons.API_REQUEST_FAILED;
    var message = "%s It is tried again every %d s.".formatted(what(object, e), pause.toSeconds());
    return new Conditions(before, object.getMetadata().getGeneration(), now)
        .say(ConditionTypes.HELD_UP, true, reason, message)
        .list()
        .get(0);
  }

  private static String what(HasMetadata object, KubernetesClientException e) {
    return e instanceof FieldsMissingException
        ? "%s Until then the %s goes on by one step at most with each try."
            .formatted(e.getMessage(), object.getKind())
        : "The API server did not do what the operator asked, so the %s stands still: %s."
            .formatted(object.getKind(), Sentences.clause(Refusal.said(e)));
  }

  private static boolean sameWords(Condition known, Condition said) {
    return known.getType().equals(said.getType())
        && Objects.equals(known.getMessage(), said.getMessage());
  }

  @Override
  public void forget(String uid) {
    logged.remove(uid);
    silent.remove(uid);
    losses.remove(uid);
  }
}
