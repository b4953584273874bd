package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.GateKind;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import dev.backstep.api.v1alpha1.value.MeasuredOnce;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * A Job in the plan's namespace, tried once. Of an image: without a token of the API server and
 * without privileges; of a CronJob: as that says.
 */
@SchemaCustomizer(value = ExactlyOne.class, input = "from,image")
@ValidationRule(
    value = "duration(self.timeout) >= duration('5s') && duration(self.timeout) <= duration('24h')",
    fieldPath = ".timeout",
    message = "timeout must be between 5s and 24h")
@MeasuredOnce(because = "a program is not run again and again")
public record JobRun(
    @JsonPropertyDescription("As kubectl create job --from does.") From from,
    @Size(min = 1, max = 512)
        @MayHoldArgs(escape = Escape.NONE, fits = Patterns.FILLED_IMAGE)
        @JsonPropertyDescription("Container image; may hold $(args.name).")
        String image,
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
    implements GateKind {

  @Override
  public boolean once() {
    return true;
  }

  /** Where the Job's template comes from. */
  public record From(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Patterns.OBJECT_NAME)
          @JsonPropertyDescription("A CronJob of the plan's namespace; it may be suspended.")
          String cronJob) {}
}
