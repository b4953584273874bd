package dev.backstep.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.action.JobRun.At;
import dev.backstep.api.v1alpha1.action.JobRun.ImageFrom;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.Container;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The container images of workloads, for Jobs that run them: as they are, or as they were. */
@ApplicationScoped
public class WorkloadImages {
  private final WorkloadLookup workloads;

  public WorkloadImages(WorkloadLookup workloads) {
    this.workloads = workloads;
  }

  /**
   * What has to be known later of the workloads as they are now; those that do not exist are not in
   * it. Empty: no Job wants to know it.
   */
  public Optional<JsonNode> atStart(Stream<JobRun> runs, String namespace) {
    var refs =
        runs.map(JobRun::imageFrom)
            .filter(from -> from != null && from.at() == At.RunStart)
            .map(ImageFrom::workload)
            .toList();
    var images = new TreeMap<String, Map<String, String>>();
    refs.forEach(
        ref ->
            workloads
                .find(namespace, ref)
                .ifPresent(workload -> images.put(ref.toString(), images(workload))));
    return refs.isEmpty() ? Optional.empty() : Optional.of(Json.MAPPER.valueToTree(images));
  }

  private static Map<String, String> images(Workload workload) {
    return containers(workload)
        .collect(
            Collectors.toMap(
                Container::getName, Container::getImage, (first, second) -> first, TreeMap::new));
  }

  /**
   * The same with the image itself.
   *
   * @throws ProblemException when there is no such image
   */
  public JobRun resolved(WantedJob wanted) throws ProblemException {
    var from = wanted.run().imageFrom();
    return from == null
        ? wanted.run()
        : wanted.run().with().image(image(from, wanted)).imageFrom(null).build();
  }

  private String image(ImageFrom from, WantedJob wanted) throws ProblemException {
    // Without a run, the one that begins next begins with what there is now.
    if (from.at() == At.Now || wanted.atStart().isEmpty()) {
      return container(from, wanted).getImage();
    }
    var name = from.container() == null ? container(from, wanted).getName() : from.container();
    return kept(wanted.atStart().get(), from.workload(), name)
        .orElseThrow(() -> new ProblemException(unknown(from, name)));
  }

  private static Optional<String> kept(JsonNode atStart, WorkloadRef ref, String container) {
    var image = atStart.path(ref.toString()).path(container);
    return image.isTextual() ? Optional.of(image.asText()) : Optional.empty();
  }

  private Container container(ImageFrom from, WantedJob wanted) throws ProblemException {
    return workloads.find(wanted.namespace(), from.workload()).stream()
        .flatMap(WorkloadImages::containers)
        .filter(it -> from.container() == null || from.container().equals(it.getName()))
        .findFirst()
        .orElseThrow(() -> new ProblemException(absent(from, wanted)));
  }

  private static Stream<Container> containers(Workload workload) {
    return workload.template().getSpec().getContainers().stream();
  }

  private static Problem absent(ImageFrom from, WantedJob wanted) {
    return new Problem(
        "ImageUnknown",
        "There is no %s%s in namespace %s, whose image %s would run. Correct imageFrom."
            .formatted(
                from.workload(),
                from.container() == null ? "" : " with a container %s".formatted(from.container()),
                wanted.namespace(),
                wanted.by()));
  }

  private static Problem unknown(ImageFrom from, String container) {
    return new Problem(
        "ImageUnknown",
        "%s had no container %s when the run began, so its image of then is not known. Use at: Now, or name the image."
            .formatted(from.workload(), container));
  }
}
