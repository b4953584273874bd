package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Refusal;
import dev.backstep.resource.Recent;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
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
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Kubernetes Events for a run's steps. An event's name follows from what it says, so the same thing
 * is said once, also by a process that starts again.
 */
@ApplicationScoped
public class PlanEvents {
  private static final Logger LOG = Logger.getLogger(PlanEvents.class);
  private static final int CONFLICT = 409;
  private static final int MAX_MESSAGE = 1024;

  private static final Set<Phase> ALARMING =
      Set.of(Phase.AwaitingAnswer, Phase.Exhausted, Phase.Failed);

  private static final Set<String> ALARMING_REASONS =
      Set.of(
          Reasons.ACTION_FAILED,
          Reasons.NOT_UNDERSTOOD,
          Reasons.ANSWER_STALE,
          Reasons.RUN_REFUSED,
          Reasons.RELEASE_FAILED);

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
  public PlanEvents(KubernetesClient client, Clock clock) {
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
  public PlanEvents(KubernetesClient client, Clock clock, ExecutorService sender) {
    this.sender = sender;
    this.client = client;
    this.clock = clock;
  }

  /** Says what a step of a run did. */
  void say(RollbackPlan plan, Transition step) {
    LOG.infof(
        "plan=%s/%s run=%s seq=%d phase=%s level=%s action=%s reason=%s took=%dms",
        plan.getMetadata().getNamespace(),
        plan.getMetadata().getName(),
        step.run(),
        step.seq(),
        step.phase(),
        step.level(),
        step.action(),
        step.reason(),
        Duration.between(step.at(), clock.instant()).toMillis());
    var alarming = ALARMING.contains(step.phase()) || ALARMING_REASONS.contains(step.reason());
    send(
        plan,
        step.claim() + "/" + step.seq(),
        alarming,
        step.reason(),
        "Run " + step.run() + ": " + step.message());
  }

  /** Warns of something that is not a step of a run: once, however often it is seen. */
  void warn(RollbackPlan plan, String key, String reason, String message) {
    var warning = warning(plan, key, reason);
    var now = clock.instant();
    if (warned.get(warning).filter(again -> again.isAfter(now)).isEmpty()) {
      warned.put(warning, Instant.MAX);
      send(plan, key, true, reason, message);
    }
  }

  private static String warning(RollbackPlan plan, String key, String reason) {
    return plan.getMetadata().getUid() + " " + reason + " " + key;
  }

  private void send(
      RollbackPlan plan, String key, boolean alarming, String reason, String message) {
    var about = about(plan);
    var warning = warning(plan, key, reason);
    var name = name(plan, key, reason);
    var at = clock.instant();
    // Made here, so that what waits to be sent does not keep whole plans in memory.
    var event = event(about, name, alarming ? "Warning" : "Normal", reason, message, at);
    sender.execute(() -> create(event, warning));
  }

  private static ObjectReference about(RollbackPlan plan) {
    var metadata = plan.getMetadata();
    return new ObjectReferenceBuilder()
        .withApiVersion(plan.getApiVersion())
        .withKind(plan.getKind())
        .withNamespace(metadata.getNamespace())
        .withName(metadata.getName())
        .withUid(metadata.getUid())
        .build();
  }

  /** Follows from what the event says; a plan's name may be as long as an event's. */
  private static String name(RollbackPlan plan, String key, String reason) {
    var hash = Hashes.of(plan.getMetadata().getUid(), key, reason);
    var name = plan.getMetadata().getName();
    var room = MAX_NAME - hash.length() - 1;
    var begin = name.length() <= room ? name : name.substring(0, room);
    return begin.replaceAll("[^a-z0-9]+$", "") + "." + hash;
  }

  private static Event event(
      ObjectReference about, String name, String type, String reason, String message, Instant at) {
    var time = at.truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(about.getNamespace())
        .withName(name)
        .endMetadata()
        .withInvolvedObject(about)
        .withType(type)
        .withReason(reason)
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
            .withMessage("RollbackPlan %s: %s".formatted(about.getName(), event.getMessage()))
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
