package dev.backstep.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Who writes to the database, and is kept off it while it is replaced. */
public record Quiesce(
    @Size(max = 16)
        @JsonPropertyDescription("SyncControls that are held off until the restore ends.")
        List<Ref> syncControlRefs,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Workloads without pods until the restore ends; each gets back what it had.")
        List<WorkloadRef> workloads) {

  /** Nobody is kept off. */
  public static final Quiesce NOBODY = new Quiesce(null, null);

  /** Lists are never null. */
  public Quiesce {
    syncControlRefs = syncControlRefs == null ? List.of() : syncControlRefs;
    workloads = workloads == null ? List.of() : workloads;
  }
}
