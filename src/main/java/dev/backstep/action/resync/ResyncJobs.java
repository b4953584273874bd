package dev.backstep.action.resync;

import dev.backstep.api.v1alpha1.sync.ResyncSpec;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.config.BackstepConfig;
import dev.backstep.job.JobManifests;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Resync;
import dev.backstep.resync.ResyncTask;
import dev.backstep.time.Durations;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Job that copies: the operator's own image with another program, which reads its Secrets and
 * the file from volumes and asks no API server. A pod that is killed or evicted is replaced, since
 * the program goes on; what it says cannot be done, is not tried again.
 */
@ApplicationScoped
public class ResyncJobs {
  private static final String SOURCE = "source";
  private static final String TARGET = "target";
  private static final String SCRATCH = "scratch";
  private static final String VOLUMES = "/run/backstep/";
  private static final int PODS_MORE = 4;

  /** As the image is laid out: what Quarkus made, without its launcher. */
  private static final String CLASS_PATH = "app/*:lib/boot/*:lib/main/*";

  private final JobManifests manifests;
  private final BackstepConfig.Image image;

  public ResyncJobs(JobManifests manifests, BackstepConfig config) {
    this.manifests = manifests;
    this.image = config.image();
  }

  /**
   * The Job as it is created.
   *
   * @throws ProblemException when the operator does not know its own image
   */
  Job suspended(ResyncSpec spec, ResyncTask task, String claim) throws ProblemException {
    var made = JobManifests.contained(container(task));
    var job =
        made.editTemplate()
            .editSpec()
            .withEnableServiceLinks(false)
            .withImagePullSecrets(
                image.pullSecrets().orElse(List.of()).stream()
                    .map(LocalObjectReference::new)
                    .toList())
            .withVolumes(volumes(spec))
            .endSpec()
            .endTemplate()
            .withBackoffLimit(PODS_MORE)
            .withNewPodFailurePolicy()
            .addNewRule()
            .withAction("FailJob")
            .withNewOnExitCodes()
            .withContainerName(JobManifests.CONTAINER)
            .withOperator("In")
            .withValues(Resync.REFUSED)
            .endOnExitCodes()
            .endRule()
            .endPodFailurePolicy()
            .withActiveDeadlineSeconds(Durations.of(spec.timeout()).toSeconds())
            .build();
    return named(job, task, claim);
  }

  private Job named(JobSpec spec, ResyncTask task, String claim) {
    return manifests.suspended(spec, task.job(), task.namespace(), claim);
  }

  private Container container(ResyncTask task) throws ProblemException {
    return new ContainerBuilder()
        .withImage(image.name().orElseThrow(ResyncJobs::unknown))
        .withImagePullPolicy(image.pullPolicy())
        .withCommand(
            "java",
            "-XX:+UseSerialGC",
            "-Xmx320m",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            CLASS_PATH,
            Resync.class.getName())
        .withWorkingDir("/app")
        .addNewEnv()
        .withName(ResyncTask.VARIABLE)
        .withValue(task.json())
        .endEnv()
        .withNewSecurityContext()
        .withReadOnlyRootFilesystem(true)
        .endSecurityContext()
        .withNewResources()
        .withRequests(Map.of("cpu", new Quantity("100m"), "memory", new Quantity("256Mi")))
        .withLimits(Map.of("memory", new Quantity("512Mi")))
        .endResources()
        .withVolumeMounts(
            mount(SCRATCH, "/tmp", false),
            mount(SOURCE, VOLUMES + SOURCE, true),
            mount(TARGET, VOLUMES + TARGET, true))
        .build();
  }

  private static ProblemException unknown() {
    return new ProblemException(
        new Problem(
            "ImageUnknown",
            "The operator does not know its own container image, which a re-sync runs. Set BACKSTEP_IMAGE_NAME, as the chart does."));
  }

  private static VolumeMount mount(String name, String path, boolean readOnly) {
    return new VolumeMountBuilder()
        .withName(name)
        .withMountPath(path)
        .withReadOnly(readOnly)
        .build();
  }

  private static List<Volume> volumes(ResyncSpec spec) {
    var volumes = new ArrayList<Volume>();
    volumes.add(new VolumeBuilder().withName(SCRATCH).withNewEmptyDir().endEmptyDir().build());
    volumes.add(secret(TARGET, spec.target().databaseRef().name()));
    volumes.add(
        spec.source().sqlite() == null
            ? secret(SOURCE, spec.source().databaseRef().name())
            : new VolumeBuilder()
                .withName(SOURCE)
                .withNewPersistentVolumeClaim(spec.source().sqlite().claimName(), true)
                .build());
    return volumes;
  }

  private static Volume secret(String name, String secret) {
    return new VolumeBuilder()
        .withName(name)
        .withNewSecret()
        .withSecretName(secret)
        .endSecret()
        .build();
  }

  /** What the program is told. */
  static ResyncTask task(
      ResyncSpec spec, List<ResyncTask.Table> tables, String id, String job, String namespace) {
    return new ResyncTask(
        id,
        job,
        namespace,
        file(spec.source()),
        spec.source().databaseRef() == null
            ? null
            : new ResyncTask.Database(spec.source().databaseRef().name(), VOLUMES + SOURCE),
        new ResyncTask.Database(spec.target().databaseRef().name(), VOLUMES + TARGET),
        tables,
        spec.batchSize(),
        Durations.of(spec.timeout()).toSeconds());
  }

  private static String file(DatabaseTarget source) {
    return source.sqlite() == null ? null : VOLUMES + SOURCE + "/" + source.sqlite().path();
  }
}
