package dev.backstep.action.job;

import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobTrials;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The Jobs that plans describe: what they are made of, and what is left to do of them. */
@ApplicationScoped
public class Jobs {
  /** Name of a Job that is never created. */
  private static final String TRIAL = "bs-job-trial";

  private final JobManifests manifests;
  private final JobTrials trials;
  private final Secrets secrets;
  private final WorkloadImages images;
  private final JobSteps steps;

  public Jobs(
      JobManifests manifests,
      JobTrials trials,
      Secrets secrets,
      WorkloadImages images,
      JobSteps steps) {
    this.images = images;
    this.manifests = manifests;
    this.trials = trials;
    this.secrets = secrets;
    this.steps = steps;
  }

  /** What would keep the Job from being run, as far as the API server can tell. */
  Stream<Problem> problems(JobRun run, ActionScope scope) {
    try {
      var job = manifest(run, TRIAL, TRIAL, scope);
      var env = run.env() == null ? List.<NamedValue>of() : run.env();
      return Stream.concat(
          secrets.absent(scope.author(), env).stream(),
          trials.problems(job, scope.author()).stream());
    } catch (ProblemException e) {
      return Stream.of(e.problem());
    }
  }

  /**
   * What is left to do.
   *
   * @param purpose what the Job is for: part of its name, which is the same in every process
   * @param claim of the run that the Job belongs to
   * @param hold true: once it is woken, something is kept off
   */
  Step left(JobRun run, String purpose, String claim, boolean hold, ActionScope scope) {
    return steps.left(
        purpose,
        claim,
        name -> hold ? Optional.of(held(name, scope)) : Optional.empty(),
        name -> manifest(run, name, scope.claim(), scope),
        scope);
  }

  private static Hold held(String name, ActionScope scope) {
    return scope.holds(
        new Target("Job", name), "undo not run", "run %s".formatted(scope.attempt()));
  }

  private Job manifest(JobRun run, String name, String claim, ActionScope scope)
      throws ProblemException {
    var resolved = images.resolved(run, scope);
    var problem = manifests.problem(resolved, scope.namespace());
    if (problem.isPresent()) {
      throw new ProblemException(problem.get());
    }
    return manifests.suspended(resolved, name, scope.namespace(), claim);
  }

  /** The images that would be run, where the plan does not name them. */
  List<String> pins(JobRun run, ActionScope scope) {
    if (run.imageFrom() == null) {
      return List.of();
    }
    try {
      return List.of(images.resolved(run, scope).image());
    } catch (ProblemException e) {
      return List.of();
    }
  }
}
