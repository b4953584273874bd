package dev.backstep.job;

import dev.backstep.cluster.Annotations;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** Makes Jobs that belong to runs, and the specs of those that need no rights. */
@ApplicationScoped
public class JobManifests {
  /** Name of the one container of a Job that is not a CronJob's. */
  public static final String CONTAINER = "job";

  /** In seconds: long enough for who wants to see the next day what it said. */
  private static final int KEPT = 24 * 60 * 60;

  private final KubernetesClient client;

  public JobManifests(KubernetesClient client) {
    this.client = client;
  }

  /**
   * The Job as it is created: it does nothing before it is woken.
   *
   * @param name the same in every process, so that it is created once
   * @param claim of the run that it belongs to
   */
  public Job suspended(JobSpec spec, String name, String namespace, String claim) {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withLabels(Map.of(Annotations.RECORD, "job", Annotations.CLAIM, claim))
        .withOwnerReferences(owner(namespace, claim))
        // There from the beginning, so that a late start can be tested for and fenced off.
        .withAnnotations(Map.of(Annotations.FENCE, "none"))
        .endMetadata()
        .withSpec(spec)
        .editSpec()
        .withSuspend(true)
        .withTtlSecondsAfterFinished(KEPT)
        .endSpec()
        .build();
  }

  /** It goes with the records of its run: also one that is created late, when these are gone. */
  private List<OwnerReference> owner(String namespace, String claim) {
    var record = client.apps().controllerRevisions().inNamespace(namespace).withName(claim).get();
    return record == null
        ? List.of()
        : List.of(
            new OwnerReferenceBuilder()
                .withApiVersion("apps/v1")
                .withKind("ControllerRevision")
                .withName(claim)
                .withUid(record.getMetadata().getUid())
                .build());
  }

  /** A Job of one container, which gets no more rights than any program needs. */
  public static JobSpecBuilder contained(Container container) {
    return new JobSpecBuilder()
        .withPodReplacementPolicy("Failed")
        .withNewTemplate()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withAutomountServiceAccountToken(false)
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .addNewContainerLike(container)
        .withName(CONTAINER)
        .editOrNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .addToDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .endContainer()
        .endSpec()
        .endTemplate();
  }
}
