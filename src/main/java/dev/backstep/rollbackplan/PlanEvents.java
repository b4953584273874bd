package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.Transition;
import dev.backstep.cluster.Hashes;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

  /** What was warned of and need not be sent again; the API server would refuse it anyway. */
  private static final int REMEMBERED = 1000;

  private final Map<String, Boolean> warned = Collections.synchronizedMap(new Newest());
  private final KubernetesClient client;
  private final Clock clock;
  private final ExecutorService sender;

  @Inject
  public PlanEvents(KubernetesClient client, Clock clock) {
    this(client, clock, Executors.newSingleThreadExecutor());
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
    if (warned.put(warning(plan, key, reason), true) == null) {
      send(plan, key, true, reason, message);
    }
  }

  private static String warning(RollbackPlan plan, String key, String reason) {
    return plan.getMetadata().getUid() + " " + reason + " " + key;
  }

  /** Forgets what is oldest. */
  private static final class Newest extends LinkedHashMap<String, Boolean> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  }

  private void send(
      RollbackPlan plan, String key, boolean alarming, String reason, String message) {
    var at = clock.instant();
    sender.execute(() -> create(plan, key, alarming, reason, message, at));
  }

  private void create(
      RollbackPlan plan, String key, boolean alarming, String reason, String message, Instant at) {
    var metadata = plan.getMetadata();
    var time = at.truncatedTo(ChronoUnit.SECONDS).toString();
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(metadata.getNamespace())
            .withName(metadata.getName() + "." + Hashes.of(metadata.getUid(), key, reason))
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion(plan.getApiVersion())
            .withKind(plan.getKind())
            .withNamespace(metadata.getNamespace())
            .withName(metadata.getName())
            .withUid(metadata.getUid())
            .endInvolvedObject()
            .withType(alarming ? "Warning" : "Normal")
            .withReason(reason)
            .withMessage(
                message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE))
            .withNewSource()
            .withComponent("backstep")
            .endSource()
            .withFirstTimestamp(time)
            .withLastTimestamp(time)
            .withCount(1)
            .withReportingComponent("backstep.dev/operator")
            .build();
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        warned.remove(warning(plan, key, reason));
        LOG.debugf("event %s not written: %s", reason, e.getMessage());
      }
    }
  }

  @PreDestroy
  void stop() {
    sender.shutdown();
  }
}
