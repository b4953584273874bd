package dev.backstep.event;

import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Refusal;
import dev.backstep.memory.Recent;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Kubernetes Events about any object. An event's name follows from what it says, so the same thing
 * is said once, also by a process that starts again. They are sent in the background.
 */
@ApplicationScoped
public class Events {
  private static final Logger LOG = Logger.getLogger(Events.class);
  private static final int CONFLICT = 409;
  private static final int MAX_MESSAGE = 1024;

  /** How many Events may wait to be sent; beyond that the oldest are dropped. */
  private static final int WAITING = 1000;

  private static final int REMEMBERED = 10_000;

  /** A warning that could not be written is not tried again in every pass. */
  private static final Duration RETRY = Duration.ofMinutes(1);

  /** The longest name of an object. */
  private static final int MAX_NAME = 253;

  /** When what was warned of may be sent again; what was written would be refused anyway. */
  private final Recent<String, Instant> warned = new Recent<>(REMEMBERED);

  private final KubernetesClient client;
  private final Clock clock;
  private final ExecutorService sender;

  @Inject
  public Events(KubernetesClient client, Clock clock) {
    this(
        client,
        clock,
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            new ThreadPoolExecutor.DiscardOldestPolicy()));
  }

  /** With a thread of the caller's choice. */
  public Events(KubernetesClient client, Clock clock, ExecutorService sender) {
    this.sender = sender;
    this.client = client;
    this.clock = clock;
  }

  /** Says what happened. */
  public void say(HasMetadata about, Occurrence what) {
    var warning = warning(about, what);
    // Made here, so that what waits to be sent does not keep whole objects in memory.
    var event = event(reference(about), name(about, what), what, clock.instant());
    sender.execute(() -> create(event, warning));
  }

  /** Says what is seen again in every pass: once, however often it is seen. */
  public void sayOnce(HasMetadata about, Occurrence what) {
    var warning = warning(about, what);
    var now = clock.instant();
    if (warned.get(warning).filter(again -> again.isAfter(now)).isEmpty()) {
      warned.put(warning, Instant.MAX);
      say(about, what);
    }
  }

  private static String warning(HasMetadata about, Occurrence what) {
    return about.getMetadata().getUid() + " " + what.reason() + " " + what.key();
  }

  private static ObjectReference reference(HasMetadata about) {
    var metadata = about.getMetadata();
    return new ObjectReferenceBuilder()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(metadata.getNamespace())
        .withName(metadata.getName())
        .withUid(metadata.getUid())
        .build();
  }

  /** Follows from what the event says; an object's name may be as long as an event's. */
  private static String name(HasMetadata about, Occurrence what) {
    var hash = Hashes.of(about.getMetadata().getUid(), what.key(), what.reason());
    var name = about.getMetadata().getName();
    var room = MAX_NAME - hash.length() - 1;
    var begin = name.length() <= room ? name : name.substring(0, room);
    return begin.replaceAll("[^a-z0-9]+$", "") + "." + hash;
  }

  private static Event event(ObjectReference about, String name, Occurrence what, Instant at) {
    var message = what.message();
    var time = at.truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(about.getNamespace())
        .withName(name)
        .endMetadata()
        .withInvolvedObject(about)
        .withType(what.alarming() ? "Warning" : "Normal")
        .withReason(what.reason())
        .withMessage(message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE))
        .withNewSource()
        .withComponent("backstep")
        .endSource()
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .withReportingComponent("backstep.dev/operator")
        .build();
  }

  private void create(Event event, String warning) {
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      if (Refusal.namespaceTerminates(e)) {
        onTheNamespace(event);
      } else if (e.getCode() != CONFLICT) {
        notWritten(event, e);
        if (warned.get(warning).isPresent()) {
          warned.put(warning, clock.instant().plus(RETRY));
        }
      }
    }
  }

  /** Nothing can be created in a namespace that goes; what is alarming is said of the namespace. */
  private void onTheNamespace(Event event) {
    if (!event.getType().equals("Warning")) {
      return;
    }
    var about = event.getInvolvedObject();
    var elsewhere =
        event
            .edit()
            .editMetadata()
            .withNamespace("default")
            .endMetadata()
            .withInvolvedObject(
                new ObjectReferenceBuilder()
                    .withApiVersion("v1")
                    .withKind("Namespace")
                    .withName(about.getNamespace())
                    .build())
            .withMessage(
                "%s %s: %s".formatted(about.getKind(), about.getName(), event.getMessage()))
            .build();
    try {
      client.resource(elsewhere).create();
    } catch (KubernetesClientException e) {
      notWritten(elsewhere, e);
    }
  }

  private static void notWritten(Event event, KubernetesClientException e) {
    LOG.infof(
        "event %s of %s/%s not written: %s",
        event.getReason(),
        event.getInvolvedObject().getNamespace(),
        event.getInvolvedObject().getName(),
        e.getMessage());
  }

  @PreDestroy
  void stop() {
    sender.shutdown();
  }
}
