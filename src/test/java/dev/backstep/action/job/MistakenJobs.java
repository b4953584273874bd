package dev.backstep.action.job;

import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Step;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobTrials;
import java.util.List;

/** A mistake for the simulation: nobody remembers that a Job was started, once it is deleted. */
public final class MistakenJobs extends Jobs {
  public MistakenJobs(
      JobManifests manifests,
      JobTrials trials,
      Secrets secrets,
      WorkloadImages images,
      JobSteps steps) {
    super(manifests, trials, secrets, images, steps);
  }

  @Override
  Step left(JobRun run, String purpose, String claim, boolean hold, ActionScope scope) {
    return super.left(run, purpose, claim, hold, scope.with().sent(List.of()).build());
  }
}
