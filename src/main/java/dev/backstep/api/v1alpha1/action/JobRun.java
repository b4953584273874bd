package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.GateKind;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import dev.backstep.api.v1alpha1.value.MeasuredOnce;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * A Job in the plan's namespace, tried once. Of an image: without a token of the API server and
 * without privileges; of a CronJob: as that says.
 */
@SchemaCustomizer(value = ExactlyOne.class, input = "from,image,imageFrom")
@ValidationRule(
    value = "duration(self.timeout) >= duration('5s') && duration(self.timeout) <= duration('24h')",
    fieldPath = ".timeout",
    message = "timeout must be between 5s and 24h")
@MeasuredOnce(because = "a program is not run again and again")
@ValidationRule(
    value = "!has(self.from) || (!has(self.command) && !has(self.args) && !has(self.env))",
    fieldPath = ".from",
    message = "command, args and env are for an image: a Job of a CronJob is as that says")
@RecordBuilder
public record JobRun(
    @JsonPropertyDescription("As kubectl create job --from does.") From from,
    @Size(min = 1, max = 512)
        @MayHoldArgs(escape = Escape.NONE, fits = Patterns.FILLED_IMAGE)
        @JsonPropertyDescription("Container image; may hold $(args.name).")
        String image,
    @JsonPropertyDescription("The container image of a workload.") ImageFrom imageFrom,
    @Size(min = 1, max = 64)
        @JsonPropertyDescription("The program and its first arguments; no shell.")
        List<@Size(min = 1, max = 4096) String> command,
    @Size(min = 1, max = 64)
        @MayHoldArgs(escape = Escape.NONE, fits = Patterns.FILLED_ARGUMENT)
        @JsonPropertyDescription("Arguments; each may hold $(args.name), as it is.")
        List<@Size(max = 4096) String> args,
    @Size(min = 1, max = 64) @JsonPropertyDescription("Environment variables.")
        List<NamedValue> env,
    @Default("5m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "After this time the Job is ended, 5s to 24h; has to be shorter than the action's own timeout, or the gate's within.")
        String timeout)
    implements GateKind, JobRunBuilder.With {

  @Override
  public boolean once() {
    return true;
  }

  /** Whose container image is run. */
  public record ImageFrom(
      @Required @JsonPropertyDescription("A workload of the plan's namespace.")
          WorkloadRef workload,
      @Size(min = 1, max = 63)
          @Pattern(Patterns.LABEL)
          @JsonPropertyDescription("Its container; absent: the first one.")
          String container,
      @Default("RunStart")
          @JsonPropertyDescription(
              "RunStart: the image that it had when the run began, before anything was rolled back: it knows how to migrate down what came after. Now: the one that it has when the Job is created.")
          At at) {}

  /** When the image is looked at. */
  public enum At {
    RunStart,
    Now
  }

  /** Where the Job's template comes from. */
  public record From(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Patterns.OBJECT_NAME)
          @JsonPropertyDescription("A CronJob of the plan's namespace; it may be suspended.")
          String cronJob) {}
}
