package dev.backstep.api.v1alpha1.gate;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.schema.Members;
import dev.backstep.api.v1alpha1.value.GateKind;
import dev.backstep.api.v1alpha1.value.HumanTask;
import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Objects;
import java.util.Optional;

/** One measurement of health, with three possible verdicts: healthy, unhealthy, not measurable. */
@SchemaCustomizer(ExactlyOne.class)
@SchemaCustomizer(OnceRules.OfGate.class)
@ValidationRule(
    value =
        "duration(self.interval) >= duration('1s') && duration(self.interval) <= duration('10m')",
    fieldPath = ".interval",
    message = "interval must be between 1s and 10m")
@ValidationRule(
    value = "duration(self.within) >= duration('5s') && duration(self.within) <= duration('2h')",
    fieldPath = ".within",
    message = "within must be between 5s and 2h")
@ValidationRule(
    value = "!has(self.sql) || has(self.sql.successCondition) || self.use == 'Evidence'",
    fieldPath = ".sql",
    message = "sql.successCondition says what is healthy; only a gate with use: Evidence has none")
@ValidationRule(
    value = "!has(self.job) || duration(self.within) > duration(self.job.timeout)",
    fieldPath = ".within",
    message = "within must be longer than job.timeout: else the Job is given up before it can end")
@RecordBuilder
public record Gate(
    @Required
        @Size(min = 1, max = 40)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription(
            "Unique in the plan; becomes the status condition gates.backstep.dev/<name>.")
        String name,
    @Size(max = 300)
        @MayHoldArgs(escape = Escape.PROSE)
        @JsonPropertyDescription("Said to the human when the gate is red.")
        String description,
    @Default("Health")
        @JsonPropertyDescription(
            "Health: part of what healthy means. OnDemand: only where a symptom, level, action or release names it. Evidence: recorded at the start and the end of a run, without a verdict.")
        Use use,
    @JsonPropertyDescription(
            "Repeatedly, or Once: one time for each level, after the others are green, in the plan's order. Absent: Once for job, manual and any method but GET and HEAD, else Repeatedly.")
        Measure measure,
    @Default("10s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Time between two measurements, 1s to 10m. While no run is open, never less than 30s once the gate has said the same ten times in a row.")
        String interval,
    @Default("2m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Time to become healthy after a level's effects are observed, 5s to 2h; not healthy by then is unhealthy.")
        String within,
    @Default("3")
        @Min(1)
        @Max(20)
        @JsonPropertyDescription("How many green measurements in a row count as Healthy.")
        Integer consecutiveSuccessLimit,
    @Default("3")
        @Min(1)
        @Max(20)
        @JsonPropertyDescription("How many red measurements in a row count as Unhealthy.")
        Integer consecutiveFailureLimit,
    @Default("4")
        @Min(1)
        @Max(20)
        @JsonPropertyDescription(
            "How many measurements in a row that could not be made count as Inconclusive.")
        Integer consecutiveErrorLimit,
    @Size(min = 1, max = 200)
        @JsonPropertyDescription(
            "RE2; what it matches in a measurement is shown and recorded as [redacted].")
        String redact,
    @JsonPropertyDescription("Asks an HTTP endpoint.") HttpGate http,
    @JsonPropertyDescription("Asks a PostgreSQL database one question.") Query sql,
    @JsonPropertyDescription("Asks Prometheus one question.") PrometheusGate prometheus,
    @JsonPropertyDescription("Counts lines in the logs of a workload's pods.") LogsGate logs,
    @JsonPropertyDescription(
            "Runs a program as a Job, one time for each level: green when it ends well, red when it fails.")
        JobRun job,
    @JsonPropertyDescription(
            "Green while the workload is rolled out and ready, without old pods, with the desired number of replicas.")
        WorkloadRef workload,
    @JsonPropertyDescription(
            "A human looks and answers by an Approval with item = the gate's name.")
        Manual manual)
    implements GateBuilder.With {

  /** What a gate is for. */
  public enum Use {
    Health,
    OnDemand,
    Evidence
  }

  /** How often a gate is measured. */
  public enum Measure {
    Repeatedly,
    Once
  }

  /** How many green measurements in a row count as Healthy. */
  public int successLimit() {
    return once() ? 1 : consecutiveSuccessLimit;
  }

  /** How many red measurements in a row count as Unhealthy. */
  public int failureLimit() {
    return once() ? 1 : consecutiveFailureLimit;
  }

  /** How many measurements in a row that could not be made count as Inconclusive. */
  public int errorLimit() {
    return once() ? 1 : consecutiveErrorLimit;
  }

  /** True when the gate is part of what healthy means. */
  public boolean health() {
    return use == null || use == Use.Health;
  }

  /** True when the gate is measured all the time: a Health gate that is not measured once. */
  public boolean standing() {
    return health() && !once();
  }

  /** How long one measurement may take, as far as the gate says so. */
  public String timeout() {
    return Objects.requireNonNullElse(kind().timeout(), UNSPOKEN.timeout());
  }

  /** What a human has to look at; empty: no human is asked. */
  public Optional<String> instruction() {
    return Members.set(this)
        .filter(HumanTask.class::isInstance)
        .map(task -> ((HumanTask) task).instruction());
  }

  /** True when the gate is measured one time for each level. */
  public boolean once() {
    return measure == null ? kind().once() : measure == Measure.Once;
  }

  /** True when the gate's value at the start of a run is kept. */
  public boolean rememberedAtStart() {
    return use == Use.Evidence || kind().comparesWithStart();
  }

  private GateKind kind() {
    return Members.set(this)
        .filter(GateKind.class::isInstance)
        .map(GateKind.class::cast)
        .orElse(UNSPOKEN);
  }

  /** Of a kind that says nothing of itself. */
  private static final GateKind UNSPOKEN = new GateKind() {};
}
