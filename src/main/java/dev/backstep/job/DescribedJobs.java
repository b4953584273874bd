package dev.backstep.job;

import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.PullFailures;
import dev.backstep.cluster.Secrets;
import dev.backstep.object.EnvVars;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.time.Durations;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicy;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.Stream;

/**
 * Jobs as plans describe them: made suspended and tried once, and looked at before. Those of an
 * image get no token of the API server; those of a CronJob are as that says.
 */
@ApplicationScoped
public class DescribedJobs {
  /** Name of a Job that is never created. */
  private static final String TRIAL = "bs-job-trial";

  private static final PodFailurePolicy TOLD_APART =
      new PodFailurePolicyBuilder()
          .addNewRule()
          .withAction("FailJob")
          .addNewOnPodCondition("True", JobState.TAKEN_AWAY)
          .endRule()
          .build();

  private final KubernetesClient client;
  private final JobManifests manifests;
  private final WorkloadImages images;
  private final Secrets secrets;
  private final JobTrials trials;
  private final PullFailures pulls;

  public DescribedJobs(
      KubernetesClient client,
      JobManifests manifests,
      WorkloadImages images,
      Secrets secrets,
      JobTrials trials,
      PullFailures pulls) {
    this.client = client;
    this.manifests = manifests;
    this.images = images;
    this.secrets = secrets;
    this.trials = trials;
    this.pulls = pulls;
  }

  /**
   * The Job as it is created: it does nothing before it is woken.
   *
   * @param name the same in every process, so that it is created once
   * @param claim of the run that it belongs to
   * @throws ProblemException when there can be none
   */
  public Job suspended(WantedJob wanted, String name, String claim) throws ProblemException {
    var spec =
        once(spec(images.resolved(wanted), wanted.namespace()))
            .withActiveDeadlineSeconds(Durations.of(wanted.run().timeout()).toSeconds());
    return manifests.suspended(spec.build(), name, wanted.namespace(), claim);
  }

  /** A pod that is taken away is not replaced either; and it is told apart, where that can be. */
  private static JobSpecBuilder once(JobSpecBuilder spec) {
    var never = "Never".equals(spec.buildTemplate().getSpec().getRestartPolicy());
    return spec.withBackoffLimit(0)
        .withPodReplacementPolicy("Failed")
        .withPodFailurePolicy(never ? TOLD_APART : null);
  }

  private JobSpecBuilder spec(JobRun run, String namespace) throws ProblemException {
    return run.from() == null
        ? JobManifests.contained(
            new ContainerBuilder()
                .withImage(run.image())
                .withCommand(run.command())
                .withArgs(run.args())
                .withEnv(env(run).stream().map(EnvVars::of).toList())
                .build())
        : template(run.from().cronJob(), namespace);
  }

  private JobSpecBuilder template(String cronJob, String namespace) throws ProblemException {
    var live = client.batch().v1().cronjobs().inNamespace(namespace).withName(cronJob).get();
    if (live == null) {
      throw new ProblemException(
          new Problem(
              "CronJobAbsent",
              "CronJob %s does not exist in namespace %s. Create it; it may be suspended."
                  .formatted(cronJob, namespace)));
    }
    return new JobSpecBuilder(live.getSpec().getJobTemplate().getSpec());
  }

  private static List<NamedValue> env(JobRun run) {
    return run.env() == null ? List.of() : run.env();
  }

  /** What would keep the Job from being run, as far as the API server and its pods can tell. */
  public List<Problem> problems(WantedJob wanted) {
    try {
      var job = suspended(wanted, TRIAL, TRIAL);
      return Stream.of(
              secrets.absent(wanted.author(), env(wanted.run())),
              trials.problems(job, wanted.author()),
              wanted.inRun() ? List.<Problem>of() : notPulled(job, wanted))
          .flatMap(List::stream)
          .toList();
    } catch (ProblemException e) {
      return List.of(e.problem());
    }
  }

  /** In a run a pod that does not start is seen anyway. */
  private List<Problem> notPulled(Job job, WantedJob wanted) {
    var template = job.getSpec().getTemplate();
    return pulls.problems(
        wanted.namespace(),
        () -> PodTemplates.containers(template).map(Container::getImage),
        "which %s would run".formatted(wanted.by()));
  }
}
