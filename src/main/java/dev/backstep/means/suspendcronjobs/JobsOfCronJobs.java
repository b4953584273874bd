package dev.backstep.means.suspendcronjobs;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.sync.SuspendCronJobs;
import dev.backstep.api.v1alpha1.sync.SuspendCronJobs.RunningJobs;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.job.JobState;
import dev.backstep.object.ObjectDeletion;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The Jobs that run of CronJobs that are suspended: waited for, or deleted. */
@ApplicationScoped
public class JobsOfCronJobs {
  /** Jobs are not watched. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private static final int NAMED = 3;

  private final KubernetesClient client;

  public JobsOfCronJobs(KubernetesClient client) {
    this.client = client;
  }

  /** What is left of ending them. */
  Step left(List<CronJob> suspended, SuspendCronJobs means, ActionScope scope) {
    var running = running(suspended, scope);
    if (running.isEmpty()) {
      return Step.done(
          "No Job runs of CronJob %s, and none begins."
              .formatted(String.join(", ", means.names())));
    }
    var deletions =
        running.stream().filter(job -> !goes(job)).map(JobsOfCronJobs::deleted).toList();
    return means.runningJobs() == RunningJobs.Delete && !deletions.isEmpty()
        ? Step.todo(deletions)
        : Step.of(new Work.Rolling(waitedFor(running), LOOK_AGAIN));
  }

  private List<Job> running(List<CronJob> suspended, ActionScope scope) {
    var owners =
        suspended.stream()
            .map(cronJob -> cronJob.getMetadata().getUid())
            .collect(Collectors.toSet());
    return client.batch().v1().jobs().inNamespace(scope.namespace()).list().getItems().stream()
        .filter(job -> isOf(job, owners) && runs(job))
        .toList();
  }

  private static boolean isOf(Job job, Set<String> owners) {
    return job.getMetadata().getOwnerReferences().stream()
        .map(OwnerReference::getUid)
        .anyMatch(owners::contains);
  }

  /** One that is suspended does nothing, and one that goes is there until its pods are gone. */
  private static boolean runs(Job job) {
    var state = new JobState(job);
    return goes(job) || state.hasPods() || !state.ended() && !state.suspended();
  }

  private static boolean goes(Job job) {
    return job.getMetadata().getDeletionTimestamp() != null;
  }

  private static ObjectDeletion deleted(Job job) {
    return ObjectDeletion.withItsOwn(
        job, "Job %s: deleted, with its pods".formatted(job.getMetadata().getName()));
  }

  private static String waitedFor(List<Job> running) {
    var named =
        running.stream().limit(NAMED).map(JobsOfCronJobs::shown).collect(Collectors.joining("; "));
    var more = running.size() > NAMED ? "; and %d more".formatted(running.size() - NAMED) : "";
    return "It is waited for the end of what runs already: %s%s.".formatted(named, more);
  }

  private static String shown(Job job) {
    var metadata = job.getMetadata();
    if (goes(job)) {
      return "the pods of Job %s, which is being deleted".formatted(metadata.getName());
    }
    var started =
        Optional.ofNullable(job.getStatus())
            .map(status -> status.getStartTime())
            .orElse(metadata.getCreationTimestamp());
    return "Job %s, since %s".formatted(metadata.getName(), started);
  }
}
