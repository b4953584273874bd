package dev.backstep.job;

import dev.backstep.cluster.Annotations;
import dev.backstep.config.BackstepConfig;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.program.Ending;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Jobs of the operator's own image with another program in it, which reads Secrets and files from
 * volumes and asks no API server. A pod that is killed or evicted is replaced; what the program
 * says cannot be done is not tried again.
 */
@ApplicationScoped
public class ProgramJobs {
  private static final String SCRATCH = "scratch";
  private static final String VOLUMES = "/run/backstep/";
  private static final int PODS_MORE = 4;

  /** The image's user, so that a new volume may be written to. */
  private static final long GROUP = 65532;

  /** As the image is laid out: what Quarkus made, without its launcher. */
  private static final String CLASS_PATH = "app/*:lib/boot/*:lib/main/*";

  private final JobManifests manifests;
  private final BackstepConfig.Image image;

  public ProgramJobs(JobManifests manifests, BackstepConfig config) {
    this.manifests = manifests;
    this.image = config.image();
  }

  /**
   * A program and what it is given.
   *
   * @param main has the program's main method
   * @param variable of the environment, which has the task; no secret is in it
   * @param volumes beside its scratch space, which is the folder for temporary files
   * @param limit after this time the Job is ended
   * @param placement as whom it runs, and where
   */
  public record Program(
      Class<?> main,
      String variable,
      String task,
      List<Mounted> volumes,
      Duration limit,
      Placement placement) {
    /** One that runs as any other does. */
    public Program(
        Class<?> main, String variable, String task, List<Mounted> volumes, Duration limit) {
      this(main, variable, task, volumes, limit, Placement.ANY);
    }
  }

  /**
   * As whom a program runs, and where.
   *
   * @param user number of the user, whose group has the same number; null: the image's own
   * @param node where its volumes are mounted already; null: any
   * @param shared true: volumes that it writes to are its group's; false: they stay as they are
   */
  public record Placement(Long user, String node, boolean shared) {
    static final Placement ANY = new Placement(null, null, true);
  }

  /** A volume in the folder that {@link #folder} tells. */
  public record Mounted(Volume volume, boolean readOnly) {
    /** A Secret: a file for each key. */
    public static Mounted secret(String name, String secret) {
      return new Mounted(
          new VolumeBuilder()
              .withName(name)
              .withNewSecret()
              .withSecretName(secret)
              .endSecret()
              .build(),
          true);
    }

    /** What a PersistentVolumeClaim stands for. */
    public static Mounted claim(String name, String claimName, boolean readOnly) {
      return new Mounted(
          new VolumeBuilder()
              .withName(name)
              .withNewPersistentVolumeClaim(claimName, readOnly)
              .build(),
          readOnly);
    }

    private static Mounted scratch() {
      return new Mounted(
          new VolumeBuilder().withName(SCRATCH).withNewEmptyDir().endEmptyDir().build(), false);
    }

    private VolumeMount mount() {
      return new VolumeMountBuilder()
          .withName(volume.getName())
          .withMountPath(volume.getName().equals(SCRATCH) ? "/tmp" : folder(volume.getName()))
          .withReadOnly(readOnly)
          .build();
    }

    /** True for a volume of others that the program writes to. */
    private boolean written() {
      return !readOnly && volume.getPersistentVolumeClaim() != null;
    }
  }

  /** Where the program finds a volume. */
  public static String folder(String volume) {
    return VOLUMES + volume;
  }

  /**
   * The Job as it is created.
   *
   * @throws ProblemException when the operator does not know its own image
   */
  public Job suspended(Program program, String name, String namespace, String claim)
      throws ProblemException {
    var volumes = Stream.concat(Stream.of(Mounted.scratch()), program.volumes().stream()).toList();
    return manifests
        .suspended(spec(program, volumes), name, namespace, claim)
        .edit()
        .editMetadata()
        .addToAnnotations(Annotations.PROGRAM, program.main().getSimpleName())
        .endMetadata()
        .build();
  }

  private JobSpec spec(Program program, List<Mounted> volumes) throws ProblemException {
    var made = JobManifests.contained(container(program, volumes));
    var placement = program.placement();
    var user = placement.user();
    var pod = made.editTemplate().editSpec().editOrNewSecurityContext();
    if (user != null) {
      pod.withRunAsUser(user).withRunAsGroup(user);
    }
    if (placement.shared() && volumes.stream().anyMatch(Mounted::written)) {
      pod.withFsGroup(user == null ? GROUP : user).withFsGroupChangePolicy("OnRootMismatch");
    }
    pod.endSecurityContext().withAffinity(affinity(placement.node())).endSpec().endTemplate();
    return made.editTemplate()
        .editSpec()
        .withEnableServiceLinks(false)
        .withImagePullSecrets(
            image.pullSecrets().orElse(List.of()).stream().map(LocalObjectReference::new).toList())
        .withVolumes(volumes.stream().map(Mounted::volume).toList())
        .endSpec()
        .endTemplate()
        .withBackoffLimit(PODS_MORE)
        .withNewPodFailurePolicy()
        .addNewRule()
        .withAction("FailJob")
        .withNewOnExitCodes()
        .withContainerName(JobManifests.CONTAINER)
        .withOperator("In")
        .withValues(Ending.REFUSED)
        .endOnExitCodes()
        .endRule()
        .endPodFailurePolicy()
        .withActiveDeadlineSeconds(program.limit().toSeconds())
        .build();
  }

  /** A volume that one node has is not given to another one while it is used there. */
  private static Affinity affinity(String node) {
    return node == null
        ? null
        : new AffinityBuilder()
            .withNewNodeAffinity()
            .withNewRequiredDuringSchedulingIgnoredDuringExecution()
            .addNewNodeSelectorTerm()
            .addNewMatchField()
            .withKey("metadata.name")
            .withOperator("In")
            .withValues(node)
            .endMatchField()
            .endNodeSelectorTerm()
            .endRequiredDuringSchedulingIgnoredDuringExecution()
            .endNodeAffinity()
            .build();
  }

  private Container container(Program program, List<Mounted> volumes) throws ProblemException {
    return new ContainerBuilder()
        .withImage(image.name().orElseThrow(ProgramJobs::unknown))
        .withImagePullPolicy(image.pullPolicy())
        .withCommand(
            "java",
            "-XX:+UseSerialGC",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            "-Xmx320m",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            CLASS_PATH,
            program.main().getName())
        .withWorkingDir("/app")
        .addNewEnv()
        .withName(program.variable())
        .withValue(program.task())
        .endEnv()
        .withNewSecurityContext()
        .withReadOnlyRootFilesystem(true)
        .endSecurityContext()
        .withNewResources()
        .withRequests(Map.of("cpu", new Quantity("100m"), "memory", new Quantity("256Mi")))
        .withLimits(Map.of("memory", new Quantity("512Mi")))
        .endResources()
        .withVolumeMounts(volumes.stream().map(Mounted::mount).toList())
        .build();
  }

  private static ProblemException unknown() {
    return new ProblemException(
        new Problem(
            "ImageUnknown",
            "The operator does not know its own container image, which this program is in. Set BACKSTEP_IMAGE_NAME, as the chart does."));
  }
}
