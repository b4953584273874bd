package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;

/**
 * A Deployment, StatefulSet or DaemonSet, seen alike.
 *
 * @param ref kind and name
 * @param object the object as the cache or the API server gave it
 * @param template its pod template
 * @param selector which pods are its own
 * @param replicas how many pods are wanted; null for a DaemonSet
 * @param historyLimit how many old revisions are kept
 */
public record Workload(
    WorkloadRef ref,
    HasMetadata object,
    PodTemplateSpec template,
    LabelSelector selector,
    Integer replicas,
    Integer historyLimit) {

  /** Kubernetes' default for revisionHistoryLimit. */
  private static final int DEFAULT_HISTORY = 10;

  /** Wraps an object of one of the three kinds. */
  public static Workload of(HasMetadata object) {
    var name = object.getMetadata().getName();
    if (object instanceof Deployment deployment) {
      var spec = deployment.getSpec();
      return new Workload(
          new WorkloadRef(WorkloadKind.Deployment, name),
          object,
          spec.getTemplate(),
          spec.getSelector(),
          spec.getReplicas(),
          orDefault(spec.getRevisionHistoryLimit()));
    }
    if (object instanceof StatefulSet set) {
      var spec = set.getSpec();
      return new Workload(
          new WorkloadRef(WorkloadKind.StatefulSet, name),
          object,
          spec.getTemplate(),
          spec.getSelector(),
          spec.getReplicas(),
          orDefault(spec.getRevisionHistoryLimit()));
    }
    var spec = ((DaemonSet) object).getSpec();
    return new Workload(
        new WorkloadRef(WorkloadKind.DaemonSet, name),
        object,
        spec.getTemplate(),
        spec.getSelector(),
        null,
        orDefault(spec.getRevisionHistoryLimit()));
  }

  /** A paused Deployment takes a new template but rolls nothing out. */
  public boolean paused() {
    return object instanceof Deployment deployment
        && Boolean.TRUE.equals(deployment.getSpec().getPaused());
  }

  /** The API resource, as RBAC names it. */
  public static String resource(WorkloadKind kind) {
    return switch (kind) {
      case Deployment -> "deployments";
      case StatefulSet -> "statefulsets";
      case DaemonSet -> "daemonsets";
    };
  }

  private static Integer orDefault(Integer limit) {
    return limit == null ? Integer.valueOf(DEFAULT_HISTORY) : limit;
  }
}
