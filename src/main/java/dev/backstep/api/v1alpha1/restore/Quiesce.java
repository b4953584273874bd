package dev.backstep.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Who writes to the database, and is kept off it while it is replaced. */
@ValidationRule(
    value =
        "!has(self.timeout) || (duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('1h'))",
    fieldPath = ".timeout",
    message = "the timeout of quiesce must be between 1s and 1h")
public record Quiesce(
    @Size(max = 16)
        @JsonPropertyDescription("SyncControls that are held off until the restore ends.")
        List<Ref> syncControlRefs,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Workloads without pods until the restore ends; each gets back what it had.")
        List<WorkloadRef> workloads,
    @Default("2m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "For how long pods, Jobs and sessions that may write are waited for, 1s to 1h, from when the first of those who write is kept off. Then the sessions are ended; who is still there, or connects again at once, keeps the data from being replaced.")
        String timeout) {
  private static final String TIMEOUT = "2m";

  /** Nobody is kept off. */
  public static final Quiesce NOBODY = new Quiesce(null, null, null);

  /** Lists are never null. */
  public Quiesce {
    timeout = timeout == null ? TIMEOUT : timeout;
    syncControlRefs = syncControlRefs == null ? List.of() : syncControlRefs;
    workloads = workloads == null ? List.of() : workloads;
  }

  /** True where nobody is kept off, so that nobody has to be gone either. */
  public boolean nobody() {
    return syncControlRefs.isEmpty() && workloads.isEmpty();
  }
}
