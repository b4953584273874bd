package dev.backstep.job;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.Optional;

/** How far a Job is, as it says itself. */
public record JobState(Job job) {
  /** Condition of a pod that Kubernetes ends, whatever its program does. */
  static final String TAKEN_AWAY = "DisruptionTarget";

  /** True while it gets no pods: it was not started, or it was stopped. */
  public boolean suspended() {
    return Boolean.TRUE.equals(job.getSpec().getSuspend());
  }

  /** True while pods of it run, or are ending. */
  public boolean hasPods() {
    var status = job.getStatus();
    return status != null && (some(status.getActive()) || some(status.getTerminating()));
  }

  private static boolean some(Integer count) {
    return count != null && count > 0;
  }

  /** True when it came to a good end. */
  public boolean complete() {
    return condition("Complete").isPresent();
  }

  /** True when it came to an end. */
  public boolean ended() {
    return complete() || condition("Failed").isPresent();
  }

  /** True while its pods were told to stop and their nodes do not say yet that they did. */
  public boolean stopping() {
    return job.getStatus() != null && some(job.getStatus().getTerminating());
  }

  /**
   * That its pod was taken away before the program could end, so that its failure says nothing of
   * that; empty: it was not, or nobody knows.
   */
  public Optional<String> cutOff() {
    return condition("Failed")
        .filter(failed -> "PodFailurePolicy".equals(failed.getReason()))
        .filter(failed -> String.valueOf(failed.getMessage()).contains(TAKEN_AWAY))
        .map(
            failed ->
                "The pod of Job %s was evicted, or its node went, before its program ended"
                    .formatted(job.getMetadata().getName()));
  }

  /** Why it failed, and where to look; empty: it did not. */
  public Optional<String> failure() {
    var metadata = job.getMetadata();
    return condition("Failed")
        .map(
            failed ->
                "Job %s failed: %s. Look at what it said: kubectl -n %s logs job/%s."
                    .formatted(
                        metadata.getName(),
                        failed.getMessage(),
                        metadata.getNamespace(),
                        metadata.getName()));
  }

  private Optional<JobCondition> condition(String type) {
    return job.getStatus() == null
        ? Optional.empty()
        : job.getStatus().getConditions().stream()
            .filter(it -> it.getType().equals(type) && "True".equals(it.getStatus()))
            .findFirst();
  }
}
