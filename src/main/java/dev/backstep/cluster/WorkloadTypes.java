package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.Stream;

/** All kinds of workload, each found by its name or by its objects. */
@ApplicationScoped
public class WorkloadTypes {
  private final List<WorkloadType<?>> types;

  public WorkloadTypes(@All List<WorkloadType<?>> types) {
    this.types = List.copyOf(types);
  }

  /** Every kind. */
  public Stream<WorkloadType<?>> all() {
    return types.stream();
  }

  /** The kind of this name. */
  public WorkloadType<?> of(WorkloadKind kind) {
    return all().filter(type -> type.kind() == kind).findFirst().orElseThrow();
  }

  /** An object of one of the kinds. */
  public Workload workload(HasMetadata object) {
    return all()
        .filter(type -> type.type().isInstance(object))
        .findFirst()
        .map(type -> Workload.of(type, object))
        .orElseThrow(() -> new IllegalArgumentException(object.getKind() + " is no workload"));
  }
}
