package dev.backstep.action.job;

import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.job.DescribedJobs;
import dev.backstep.job.WantedJob;
import dev.backstep.job.WorkloadImages;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** The Jobs of an action: what is in their way, and what is left to do of them. */
@ApplicationScoped
public class Jobs {
  private final DescribedJobs described;
  private final WorkloadImages images;
  private final JobSteps steps;

  public Jobs(DescribedJobs described, WorkloadImages images, JobSteps steps) {
    this.described = described;
    this.images = images;
    this.steps = steps;
  }

  private static WantedJob wanted(JobRun run, ActionScope scope) {
    return new WantedJob(
        run,
        "action %s".formatted(scope.action()),
        scope.author(),
        scope.claim() != null,
        scope.atStart());
  }

  /** What would keep the Job from being run, as far as the API server can tell. */
  List<Problem> problems(JobRun run, ActionScope scope) {
    return described.problems(wanted(run, scope));
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
        name -> described.suspended(wanted(run, scope), name, scope.claim()),
        scope);
  }

  private static Hold held(String name, ActionScope scope) {
    return scope.holds(
        new Target("Job", name), "undo not run", "run %s".formatted(scope.attempt()));
  }

  /** The images that would be run, where the plan does not name them. */
  List<String> pins(JobRun run, ActionScope scope) {
    if (run.imageFrom() == null) {
      return List.of();
    }
    try {
      return List.of(images.resolved(wanted(run, scope)).image());
    } catch (ProblemException e) {
      return List.of();
    }
  }
}
