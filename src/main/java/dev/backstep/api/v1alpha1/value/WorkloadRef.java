package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Arrays;
import java.util.Optional;

/** A workload in the plan's namespace. */
public record WorkloadRef(
    @Required
        @JsonPropertyDescription("Deployment, StatefulSet, DaemonSet, or Rollout of Argo Rollouts.")
        WorkloadKind kind,
    @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription("Name of the workload in the plan's namespace.")
        String name) {

  /** The workload of this kind and name; empty where that is no kind of workload. */
  public static Optional<WorkloadRef> of(String kind, String name) {
    return Arrays.stream(WorkloadKind.values())
        .filter(it -> it.name().equals(kind))
        .map(it -> new WorkloadRef(it, name))
        .findFirst();
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
