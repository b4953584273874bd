package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.action.DisableTriggers;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.api.v1alpha1.action.SetConfig;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.Task;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.soabase.recordbuilder.core.RecordBuilder;

/** One way in which a sync is kept off: exactly one key beside the name says which. */
@SchemaCustomizer(ExactlyOne.class)
@RecordBuilder
public record Means(
    @Required
        @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Unique in the SyncControl.")
        String name,
    @JsonPropertyDescription(
            "Sets the number of replicas, mostly to 0; the earlier number comes back.")
        Scale scale,
    @JsonPropertyDescription(
            "Sets keys of a ConfigMap or environment variables, and restarts who reads them.")
        SetConfig setConfig,
    @JsonPropertyDescription("Triggers of tables do not fire; each comes back as it was.")
        DisableTriggers disableTriggers,
    @JsonPropertyDescription(
            "Jobs of a queue in a table of PostgreSQL are paused; those that were come back.")
        JobTable jobTable,
    @JsonPropertyDescription("CronJobs begin no Job; each comes back as it was.")
        SuspendCronJobs suspendCronJobs,
    @JsonPropertyDescription("What KEDA scales is kept at zero; each comes back as it was.")
        PauseScaledObjects pauseScaledObjects,
    @JsonPropertyDescription(
            "A switch of the application itself, behind HTTP; where it stands is read on every replica.")
        HttpSwitch http)
    implements Task {}
