package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Sets the number of replicas and keeps the earlier number on the target; a hold. */
@ValidationRule(
    value = "self.workloads.all(w, w.kind != 'DaemonSet')",
    fieldPath = ".workloads",
    message =
        "a DaemonSet has no number of replicas: scale takes Deployments, StatefulSets and Rollouts")
public record Scale(
    @Required
        @Size(min = 1, max = 256)
        @JsonPropertyDescription("What is scaled, all of them at the same time.")
        List<WorkloadRef> workloads,
    @Default("0") @Min(0) @Max(1000) @JsonPropertyDescription("The number of replicas to set.")
        Integer replicas) {}
