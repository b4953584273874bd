package dev.backstep.job;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.Optional;

/** How far a Job is, as it says itself. */
public record JobState(Job job) {
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
