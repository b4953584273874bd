package dev.backstep.gate.job;

import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.cluster.Impersonation;
import dev.backstep.gate.GateScope;
import dev.backstep.job.DescribedJobs;
import dev.backstep.job.WorkloadImages;
import dev.backstep.measure.Reading;
import io.fabric8.kubernetes.client.KubernetesClient;

/** A mistake for the simulation: whoever looks how a Job is doing asks by another one. */
public final class MistakenAskedJobs extends AskedJobs {
  private int looks;

  public MistakenAskedJobs(
      KubernetesClient client,
      Impersonation impersonation,
      DescribedJobs described,
      WorkloadImages images) {
    super(client, impersonation, described, images);
  }

  @Override
  Reading reading(JobRun run, GateScope scope) {
    looks++;
    return super.reading(
        run, scope.with().asking("%s %d".formatted(scope.asking(), looks)).build());
  }
}
