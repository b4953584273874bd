package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** CronJobs that begin no Job until they are given back. */
public record SuspendCronJobs(
    @Required
        @Size(min = 1, max = 32)
        @JsonPropertyDescription(
            "The CronJobs, in the same namespace. Each comes back as it was: one that was suspended before stays suspended.")
        List<@Size(min = 1, max = 52) @Pattern(Patterns.OBJECT_NAME) String> names,
    @Default("Wait")
        @JsonPropertyDescription(
            "Their Jobs that run just then. Wait: it is not off before they have ended; Delete: they are deleted, with their pods.")
        RunningJobs runningJobs,
    @Default("Skip")
        @JsonPropertyDescription(
            "What becomes of the times that pass while they are suspended, once they are given back. Skip: nothing, they begin their next Job when it is time; RunOnce: each begins one Job at once, whether a time passed or not; Kubernetes: a CronJob whose time passed begins one Job at once, unless its startingDeadlineSeconds are over.")
        CatchUp catchUp) {

  /** What happens to Jobs that run already. */
  public enum RunningJobs {
    Wait,
    Delete
  }

  /** What becomes of the times that pass meanwhile. */
  public enum CatchUp {
    Skip,
    RunOnce,
    Kubernetes
  }
}
