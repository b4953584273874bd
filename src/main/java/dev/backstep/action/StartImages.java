package dev.backstep.action;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Workload;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The container images of workloads when a run began: kept by the actions that need them, each for
 * itself ({@link ActionExecutor#atStart}).
 */
@ApplicationScoped
public class StartImages {
  private final WorkloadTargets targets;

  public StartImages(WorkloadTargets targets) {
    this.targets = targets;
  }

  /** What these workloads run now, to be kept; those that do not exist are not in it. */
  public JsonNode now(Collection<WorkloadRef> refs, ActionScope scope) {
    var images = new TreeMap<String, Map<String, String>>();
    refs.forEach(
        ref -> targets.find(ref, scope).ifPresent(it -> images.put(ref.toString(), images(it))));
    return Json.MAPPER.valueToTree(images);
  }

  private static Map<String, String> images(Workload workload) {
    return PodTemplates.containers(workload.template())
        .collect(
            Collectors.toMap(
                container -> container.getName(),
                container -> container.getImage(),
                (first, second) -> first,
                TreeMap::new));
  }

  /**
   * The image that a container of a workload had.
   *
   * @param kept what {@link #now} said when the run began
   * @return empty where the workload or the container did not exist then
   */
  public static Optional<String> of(JsonNode kept, WorkloadRef ref, String container) {
    var image = kept.path(ref.toString()).path(container);
    return image.isTextual() ? Optional.of(image.asText()) : Optional.empty();
  }
}
