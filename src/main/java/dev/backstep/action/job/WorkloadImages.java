package dev.backstep.action.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.StartImages;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.JobAction;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.action.JobRun.At;
import dev.backstep.api.v1alpha1.action.JobRun.ImageFrom;
import dev.backstep.cluster.Workload;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.Container;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The container images of workloads, for Jobs that run them: as they are, or as they were. */
@ApplicationScoped
public class WorkloadImages {
  private final WorkloadTargets targets;
  private final StartImages starts;

  public WorkloadImages(WorkloadTargets targets, StartImages starts) {
    this.targets = targets;
    this.starts = starts;
  }

  /** What has to be known later of the workloads as they are now. */
  Optional<JsonNode> atStart(JobAction action, ActionScope scope) {
    var refs =
        Stream.of(action.run(), action.undo())
            .filter(Objects::nonNull)
            .map(JobRun::imageFrom)
            .filter(from -> from != null && from.at() == At.RunStart)
            .map(ImageFrom::workload)
            .toList();
    return refs.isEmpty() ? Optional.empty() : Optional.of(starts.now(refs, scope));
  }

  /**
   * The same with the image itself.
   *
   * @throws ProblemException when there is no such image
   */
  JobRun resolved(JobRun run, ActionScope scope) throws ProblemException {
    return run.imageFrom() == null
        ? run
        : run.with().image(image(run.imageFrom(), scope)).imageFrom(null).build();
  }

  private String image(ImageFrom from, ActionScope scope) throws ProblemException {
    var container = container(from, scope);
    // Without a run, the one that begins next begins with what there is now.
    return from.at() == At.Now || scope.atStart().isEmpty()
        ? container.getImage()
        : StartImages.of(scope.atStart().get(), from.workload(), container.getName())
            .orElseThrow(() -> new ProblemException(unknown(from, container)));
  }

  private Container container(ImageFrom from, ActionScope scope) throws ProblemException {
    return targets.find(from.workload(), scope).stream()
        .flatMap(WorkloadImages::containers)
        .filter(it -> from.container() == null || from.container().equals(it.getName()))
        .findFirst()
        .orElseThrow(() -> new ProblemException(absent(from, scope)));
  }

  private static Stream<Container> containers(Workload workload) {
    return workload.template().getSpec().getContainers().stream();
  }

  private static Problem absent(ImageFrom from, ActionScope scope) {
    return new Problem(
        "ImageUnknown",
        "There is no %s%s in namespace %s, whose image action %s would run. Correct imageFrom."
            .formatted(
                from.workload(),
                from.container() == null ? "" : " with a container " + from.container(),
                scope.namespace(),
                scope.action()));
  }

  private static Problem unknown(ImageFrom from, Container container) {
    return new Problem(
        "ImageUnknown",
        "%s had no container %s when the run began, so its image of then is not known. Use at: Now, or name the image."
            .formatted(from.workload(), container.getName()));
  }
}
