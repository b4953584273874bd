package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** DaemonSets. */
@ApplicationScoped
public class DaemonSets implements WorkloadType<DaemonSet> {
  @Override
  public WorkloadKind kind() {
    return WorkloadKind.DaemonSet;
  }

  @Override
  public Class<DaemonSet> type() {
    return DaemonSet.class;
  }

  @Override
  public String resource() {
    return "daemonsets";
  }

  @Override
  public PodTemplateSpec template(DaemonSet object) {
    return object.getSpec().getTemplate();
  }

  @Override
  public LabelSelector selector(DaemonSet object) {
    return object.getSpec().getSelector();
  }

  @Override
  public Integer replicas(DaemonSet object) {
    return null;
  }

  @Override
  public Integer historyLimit(DaemonSet object) {
    return object.getSpec().getRevisionHistoryLimit();
  }

  @Override
  public History history() {
    return new ControllerRevisionHistory();
  }

  @Override
  public Optional<Problem> fixed(DaemonSet object) {
    return Rollout.onDelete(kind(), object, object.getSpec().getUpdateStrategy().getType());
  }

  @Override
  public Rollout rollout(DaemonSet object) {
    if (!seen(object)) {
      return Rollout.UNSEEN;
    }
    var status = object.getStatus();
    return Rollout.judged(
        Rollout.number(status.getDesiredNumberScheduled()),
        Rollout.number(status.getUpdatedNumberScheduled()),
        Rollout.number(status.getNumberMisscheduled()),
        Math.min(
            Rollout.number(status.getNumberAvailable()), Rollout.number(status.getNumberReady())));
  }

  private static boolean seen(DaemonSet object) {
    var status = object.getStatus();
    return status != null && Rollout.seen(object, status.getObservedGeneration());
  }

  @Override
  public boolean completed(DaemonSet object) {
    var status = object.getStatus();
    return seen(object)
        && Rollout.number(status.getUpdatedNumberScheduled())
            >= Rollout.number(status.getDesiredNumberScheduled());
  }

  @Override
  public void empty(DaemonSet object) {
    object.setSpec(null);
    object.setStatus(null);
  }
}
