package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Instant;
import java.util.Optional;

/**
 * A kind of workload: how its objects are read. One bean for each; nobody else knows kinds.
 *
 * @param <T> the objects
 */
public interface WorkloadType<T extends HasMetadata> {
  /** Kubernetes' default for revisionHistoryLimit. */
  int DEFAULT_HISTORY = 10;

  /** How plans name the kind. */
  WorkloadKind kind();

  /** The class of its objects. */
  Class<T> type();

  /** The API group, as RBAC names it. */
  default String group() {
    return "apps";
  }

  /** The API resource, as RBAC names it. */
  String resource();

  /** What has to be installed for the kind to be there; empty: every cluster has it. */
  default Optional<String> partOf() {
    return Optional.empty();
  }

  /** The pod template. */
  PodTemplateSpec template(T object);

  /** Which pods are its own. */
  LabelSelector selector(T object);

  /** How many pods are wanted; null: the object does not say it. */
  Integer replicas(T object);

  /** How many old revisions are kept; null: Kubernetes' default. */
  Integer historyLimit(T object);

  /** Where old pod templates are kept. */
  History history();

  /** How far its pods are as its spec wants them. */
  Rollout rollout(T object);

  /**
   * True once the present generation was rolled out, also when its pods are not ready any more:
   * pods that crash now and then make no new release.
   */
  boolean completed(T object);

  /** Why it takes a change and does nothing about it; empty: it does. */
  default Optional<Problem> paused(T object) {
    return Optional.empty();
  }

  /** Why another template would not be rolled out; empty: it would. */
  default Optional<Problem> fixed(T object) {
    return Optional.empty();
  }

  /** True when broken pods keep newer ones from being made. */
  default boolean waitsForBrokenPods() {
    return false;
  }

  /** The revision that pods have that are not to be replaced; empty: it is not known now. */
  default Optional<String> newRevision(T object) {
    return Optional.empty();
  }

  /** When all pods were last to be replaced, as whoever did it wrote it; empty: never. */
  default Optional<String> restartedAt(T object) {
    return Optional.ofNullable(PodTemplates.restartedAt(template(object)));
  }

  /** How it is written that all pods are to be replaced. */
  default Stamp restart(T object, PodTemplates templates, Instant time) {
    return Stamp.inTemplate(templates.json(template(object)), time);
  }

  /** Takes everything but its metadata out of an object. */
  void empty(T object);
}
