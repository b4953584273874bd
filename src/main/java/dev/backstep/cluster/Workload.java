package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An object that makes pods, whatever its kind.
 *
 * @param type its kind
 * @param object the object as the cache or the API server gave it
 */
public record Workload(WorkloadType<HasMetadata> type, HasMetadata object) {
  @SuppressWarnings("unchecked")
  static <T extends HasMetadata> Workload of(WorkloadType<T> type, HasMetadata object) {
    return new Workload((WorkloadType<HasMetadata>) type, object);
  }

  /** The same workload, as another look at it showed it. */
  public Workload seen(HasMetadata live) {
    return new Workload(type, live);
  }

  /** Kind and name. */
  public WorkloadRef ref() {
    return new WorkloadRef(type.kind(), object.getMetadata().getName());
  }

  /** Its pod template. */
  public PodTemplateSpec template() {
    return type.template(object);
  }

  /** Which pods are its own. */
  public LabelSelector selector() {
    return type.selector(object);
  }

  /** How many pods are wanted; null where it does not say it, as a DaemonSet does not. */
  public Integer replicas() {
    return type.replicas(object);
  }

  /** How many old revisions are kept. */
  public int historyLimit() {
    var limit = type.historyLimit(object);
    return limit == null ? WorkloadType.DEFAULT_HISTORY : limit;
  }

  /** How far its pods are as its spec wants them. */
  public Rollout rollout() {
    return type.rollout(object);
  }

  /** True once the present generation was rolled out, also when its pods are not ready any more. */
  public boolean completed() {
    return type.completed(object);
  }

  /** Why it takes a change and does nothing about it. */
  public Stream<Problem> paused() {
    return type.paused(object).stream();
  }

  /** Why another template would not be rolled out. */
  public Stream<Problem> notRolledOut() {
    return Stream.concat(paused(), type.fixed(object).stream());
  }

  /** The revision that pods have that are not to be replaced; empty: it is not known now. */
  public Optional<String> newRevision() {
    return type.newRevision(object);
  }

  /** When all pods were last to be replaced, as whoever did it wrote it; empty: never. */
  public Optional<String> restartedAt() {
    return type.restartedAt(object);
  }

  /** True when all pods were to be replaced at this time or later. */
  public boolean restartedSince(Instant time) {
    return restartedAt().flatMap(Workload::parsed).filter(at -> !at.isBefore(time)).isPresent();
  }

  private static Optional<Instant> parsed(String time) {
    try {
      return Optional.of(OffsetDateTime.parse(time).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** How it is written that all pods are to be replaced. */
  public Stamp restart(PodTemplates templates, Instant time) {
    return type.restart(object, templates, time);
  }
}
