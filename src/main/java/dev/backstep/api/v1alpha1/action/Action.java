package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.api.v1alpha1.schema.Inserted;
import dev.backstep.api.v1alpha1.schema.Members;
import dev.backstep.api.v1alpha1.value.HumanTask;
import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.Task;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Optional;

/** One measure of a level: exactly one key beside the name says which. */
@SchemaCustomizer(value = Inserted.Without.class, input = "gitOps")
@ValidationRule(
    value =
        "duration(self.timeout) >= duration('10s') && duration(self.timeout) <= duration('24h')",
    fieldPath = ".timeout",
    message = "timeout must be between 10s and 24h")
@RecordBuilder
public record Action(
    @Required
        @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Unique in the plan.")
        String name,
    @Default("10m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Limit until the effect is observed, 10s to 24h; applied but not observed by then counts as unhealthy.")
        String timeout,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "A promise: longer is said and recorded (ObjectiveMissed), and changes nothing.")
        String budget,
    @Default("Released")
        @JsonPropertyDescription(
            "For holds. Released: until the run is released. LevelActed: put back after the level's last action, before its gates are measured.")
        HoldUntil holdUntil,
    @Size(min = 1, max = 32)
        @JsonPropertyDescription(
            "Names of gates measured after this action, those that are measured once last; if they are not healthy in time, the action has failed.")
        List<@Size(min = 1, max = 40) String> verify,
    @Default("Preview")
        @JsonPropertyDescription(
            "In a run of mode Drill. Preview: only shown; Run: done, and put back at the end.")
        InDrill inDrill,
    @JsonPropertyDescription(
            "Repair: puts an earlier pod template (and its ConfigMaps) or earlier images back.")
        RollBack rollBack,
    @JsonPropertyDescription("Repair: replaces all pods, as kubectl rollout restart does.")
        Restart restart,
    @JsonPropertyDescription(
            "Hold: sets the number of replicas; the earlier number comes back with state: Released.")
        Scale scale,
    @JsonPropertyDescription(
            "Repair: a human does it and says so by an Approval with item = the action's name.")
        Manual manual,
    @JsonPropertyDescription(
            "Hold: sets keys of a ConfigMap or environment variables, and restarts who reads them.")
        SetConfig setConfig,
    @JsonPropertyDescription(
            "Hold: a SyncControl is off until the last of its holders lets go; done when all of its means are proven off.")
        DisableSync disableSync,
    @JsonPropertyDescription("Hold: a path of an Ingress or HTTPRoute answers 503.")
        BlockRoute blockRoute,
    @JsonPropertyDescription("Hold or repair, as declared: statements in a PostgreSQL database.")
        Sql sql,
    @JsonPropertyDescription(
            "Hold: triggers of tables do not fire; each comes back as it was with state: Released.")
        DisableTriggers disableTriggers,
    @JsonPropertyDescription(
            "Hold: functions of a database get another body; they come back byte by byte with state: Released.")
        ReplaceFunctions replaceFunctions,
    @JsonPropertyDescription("Hold or repair, as declared: one HTTP request.") HttpAction http,
    @JsonPropertyDescription("Hold or repair, as declared: a program that is run once, as a Job.")
        JobAction job,
    @JsonPropertyDescription(
            "Repair: copies tables from the one side of a sync to the other, as the SyncControl says.")
        Resync resync,
    @JsonPropertyDescription(
            "Repair, destructive: empties the queue of a sync, as the SyncControl says, and keeps what was in it.")
        ClearQueue clearQueue,
    @JsonPropertyDescription(
            "Repair: dumps a database into a file, by a Job, and reads all of it back.")
        Backup backup,
    @JsonPropertyDescription(
            "Repair, destructive: replaces a database by a backup that was restored and verified beside it.")
        DbRestoreAction dbRestore,
    @Inserted GitOps gitOps)
    implements ActionBuilder.With, Task {

  /** How long a hold is kept. */
  public enum HoldUntil {
    Released,
    LevelActed
  }

  /** What a human has to do; empty: no human is asked. */
  public Optional<String> instruction() {
    return Members.set(this)
        .filter(HumanTask.class::isInstance)
        .map(task -> ((HumanTask) task).instruction());
  }

  /** What a drill does with an action. */
  public enum InDrill {
    Preview,
    Run
  }
}
