package dev.backstep.action.job;

import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.effect.Step;
import dev.backstep.job.DescribedJobs;
import dev.backstep.job.WorkloadImages;
import java.util.List;

/** A mistake for the simulation: nobody remembers that a Job was started, once it is deleted. */
public final class MistakenJobs extends Jobs {
  public MistakenJobs(DescribedJobs described, WorkloadImages images, JobSteps steps) {
    super(described, images, steps);
  }

  @Override
  Step left(JobRun run, String purpose, String claim, boolean hold, ActionScope scope) {
    return super.left(run, purpose, claim, hold, scope.with().sent(List.of()).build());
  }
}
