package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;
import java.util.Optional;

/** StatefulSets. */
@ApplicationScoped
public class StatefulSets implements WorkloadType<StatefulSet> {
  @Override
  public WorkloadKind kind() {
    return WorkloadKind.StatefulSet;
  }

  @Override
  public Class<StatefulSet> type() {
    return StatefulSet.class;
  }

  @Override
  public String resource() {
    return "statefulsets";
  }

  @Override
  public PodTemplateSpec template(StatefulSet object) {
    return object.getSpec().getTemplate();
  }

  @Override
  public LabelSelector selector(StatefulSet object) {
    return object.getSpec().getSelector();
  }

  @Override
  public Integer replicas(StatefulSet object) {
    return object.getSpec().getReplicas();
  }

  @Override
  public Integer historyLimit(StatefulSet object) {
    return object.getSpec().getRevisionHistoryLimit();
  }

  @Override
  public History history() {
    return new ControllerRevisionHistory();
  }

  @Override
  public Optional<Problem> fixed(StatefulSet object) {
    return Rollout.onDelete(kind(), object, object.getSpec().getUpdateStrategy().getType());
  }

  /** It waits for a broken pod to become ready before it replaces it. */
  @Override
  public boolean waitsForBrokenPods() {
    return true;
  }

  @Override
  public Optional<String> newRevision(StatefulSet object) {
    return seen(object)
        ? Optional.ofNullable(object.getStatus().getUpdateRevision())
        : Optional.empty();
  }

  @Override
  public Rollout rollout(StatefulSet object) {
    if (!seen(object)) {
      return Rollout.UNSEEN;
    }
    var status = object.getStatus();
    var all = Rollout.number(status.getReplicas());
    var updated = sameRevision(object) ? all : Rollout.number(status.getUpdatedReplicas());
    return Rollout.judged(
        Rollout.number(object.getSpec().getReplicas()),
        updated,
        all - updated,
        Math.min(
            Rollout.number(status.getAvailableReplicas()),
            Rollout.number(status.getReadyReplicas())));
  }

  private static boolean seen(StatefulSet object) {
    var status = object.getStatus();
    return status != null && Rollout.seen(object, status.getObservedGeneration());
  }

  private static boolean sameRevision(StatefulSet object) {
    var status = object.getStatus();
    return Objects.equals(status.getCurrentRevision(), status.getUpdateRevision());
  }

  /** The controller makes the revisions equal when all pods are new and ready. */
  @Override
  public boolean completed(StatefulSet object) {
    return seen(object) && sameRevision(object);
  }

  @Override
  public void empty(StatefulSet object) {
    object.setSpec(null);
    object.setStatus(null);
  }
}
