package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.cluster.Refusal;
import dev.backstep.condition.Conditions;
import dev.backstep.resource.PerObjectState;
import dev.backstep.text.Sentences;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Passes that ended early because the API server refused something or did not answer: said on the
 * plan, since whoever waits for it looks there first, and now and then in the log. The next write
 * of the whole status takes the condition away.
 */
@ApplicationScoped
public class FailedPasses implements PerObjectState {
  private static final Logger LOG = Logger.getLogger(FailedPasses.class);
  private static final int CONFLICT = 409;

  /** The event of the newer version comes at once; only where the watch lags is this waited for. */
  private static final Duration AFTER_CONFLICT = Duration.ofSeconds(1);

  private static final Duration AFTER_ERROR = Duration.ofSeconds(5);

  /** The same trouble of a plan is not logged more often. */
  private static final Duration LOG_PACE = Duration.ofMinutes(10);

  private final StatusWriter writer;
  private final Clock clock;
  private final Map<String, Instant> logged = new ConcurrentHashMap<>();

  public FailedPasses(StatusWriter writer, Clock clock) {
    this.writer = writer;
    this.clock = clock;
  }

  /** Says what went wrong, and when it is tried again. */
  Rest say(RollbackPlan plan, KubernetesClientException e, UnaryOperator<RollbackPlan> put) {
    if (e.getCode() == CONFLICT) {
      return new Rest(plan, AFTER_CONFLICT);
    }
    log(plan, e);
    return new Rest(written(plan, e, put), AFTER_ERROR, Refusal.namespaceTerminates(e));
  }

  private void log(RollbackPlan plan, KubernetesClientException e) {
    var now = clock.instant();
    var metadata = plan.getMetadata();
    var before = logged.get(metadata.getUid());
    if (before == null || !now.isBefore(before.plus(LOG_PACE))) {
      logged.put(metadata.getUid(), now);
      LOG.warnf(
          "plan=%s/%s not carried on, trying again: %s",
          metadata.getNamespace(), metadata.getName(), e.getMessage());
    }
  }

  private RollbackPlan written(
      RollbackPlan plan, KubernetesClientException e, UnaryOperator<RollbackPlan> put) {
    var status = PlanView.statusOf(plan);
    var said = said(plan, status.conditions(), e);
    if (status.conditions().stream().anyMatch(known -> sameWords(known, said))) {
      return plan;
    }
    var conditions =
        Stream.concat(
                status.conditions().stream().filter(it -> !it.getType().equals(said.getType())),
                Stream.of(said))
            .toList();
    try {
      return writer.put(plan, status.withConditions(conditions), put);
    } catch (KubernetesClientException again) {
      LOG.debugf("not said on the plan either: %s", again.getMessage());
      return plan;
    }
  }

  private Condition said(RollbackPlan plan, List<Condition> before, KubernetesClientException e) {
    var message =
        "The API server did not do what the operator asked, so the plan stands still: %s. It is tried again every %d s."
            .formatted(Sentences.clause(Refusal.said(e)), AFTER_ERROR.toSeconds());
    return new Conditions(before, plan.getMetadata().getGeneration(), clock.instant())
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
  }
}
