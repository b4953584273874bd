package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Deployments. */
@ApplicationScoped
public class Deployments implements WorkloadType<Deployment> {
  private static final String PROGRESSING = "Progressing";

  @Override
  public WorkloadKind kind() {
    return WorkloadKind.Deployment;
  }

  @Override
  public Class<Deployment> type() {
    return Deployment.class;
  }

  @Override
  public String resource() {
    return "deployments";
  }

  @Override
  public PodTemplateSpec template(Deployment object) {
    return object.getSpec().getTemplate();
  }

  @Override
  public LabelSelector selector(Deployment object) {
    return object.getSpec().getSelector();
  }

  @Override
  public Integer replicas(Deployment object) {
    return object.getSpec().getReplicas();
  }

  @Override
  public Integer historyLimit(Deployment object) {
    return object.getSpec().getRevisionHistoryLimit();
  }

  @Override
  public History history() {
    return new ReplicaSetHistory("deployment.kubernetes.io/revision", "pod-template-hash");
  }

  /** A paused Deployment takes a new template but rolls nothing out. */
  @Override
  public Optional<Problem> paused(Deployment object) {
    var metadata = object.getMetadata();
    return Boolean.TRUE.equals(object.getSpec().getPaused())
        ? Optional.of(
            new Problem(
                "TargetPaused",
                "Deployment %s is paused, a change would not be rolled out. Resume it: kubectl -n %s rollout resume deployment/%s."
                    .formatted(metadata.getName(), metadata.getNamespace(), metadata.getName())))
        : Optional.empty();
  }

  @Override
  public Rollout rollout(Deployment object) {
    var status = object.getStatus();
    if (!seen(object)) {
      return Rollout.UNSEEN;
    }
    var wanted = Rollout.number(object.getSpec().getReplicas());
    var updated = Rollout.number(status.getUpdatedReplicas());
    if (status.getConditions().stream().anyMatch(Deployments::deadlineExceeded)) {
      return new Rollout(
          Rollout.State.STUCK,
          "Deployment %s does not get on: %d of %d new pods exist, %d are available, and its progressDeadlineSeconds is over."
              .formatted(
                  object.getMetadata().getName(),
                  updated,
                  wanted,
                  Rollout.number(status.getAvailableReplicas())));
    }
    return Rollout.judged(
        wanted,
        updated,
        Rollout.number(status.getReplicas()) - updated,
        Math.min(
            Rollout.number(status.getAvailableReplicas()),
            Rollout.number(status.getReadyReplicas())));
  }

  private static boolean seen(Deployment object) {
    var status = object.getStatus();
    return status != null && Rollout.seen(object, status.getObservedGeneration());
  }

  private static boolean deadlineExceeded(DeploymentCondition condition) {
    return PROGRESSING.equals(condition.getType())
        && "ProgressDeadlineExceeded".equals(condition.getReason());
  }

  /**
   * The controller says it by a reason that stays; for a moment it also stays from the release
   * before, of which there still are pods. Without a progressDeadlineSeconds it gives no reason.
   */
  @Override
  public boolean completed(Deployment object) {
    var status = object.getStatus();
    return seen(object)
        && status.getConditions().stream()
            .filter(condition -> PROGRESSING.equals(condition.getType()))
            .allMatch(condition -> "NewReplicaSetAvailable".equals(condition.getReason()))
        && Rollout.number(status.getReplicas()) == Rollout.number(status.getUpdatedReplicas());
  }

  @Override
  public void empty(Deployment object) {
    object.setSpec(null);
    object.setStatus(null);
  }
}
