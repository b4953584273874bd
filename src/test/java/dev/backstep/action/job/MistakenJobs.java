package dev.backstep.action.job;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Step;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobTrials;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** A mistake for the simulation: nobody remembers that a Job was started, once it is deleted. */
public final class MistakenJobs extends Jobs {
  public MistakenJobs(
      KubernetesClient client,
      JobManifests manifests,
      JobTrials trials,
      Secrets secrets,
      WorkloadImages images) {
    super(client, manifests, trials, secrets, images);
  }

  @Override
  Step left(JobRun run, String purpose, String claim, boolean hold, ActionScope scope) {
    return super.left(run, purpose, claim, hold, scope.with().sent(List.of()).build());
  }
}
