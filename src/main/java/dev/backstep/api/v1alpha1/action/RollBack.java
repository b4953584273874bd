package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Puts an earlier pod template back; a repair. */
@ValidationRule(
    value = "!has(self.to.revision) || size(self.workloads) == 1",
    fieldPath = ".workloads",
    message = "to.revision works for one workload only: every workload counts its own revisions")
public record RollBack(
    @Required
        @Size(min = 1, max = 256)
        @JsonPropertyDescription("What is rolled back, all of them at the same time.")
        List<WorkloadRef> workloads,
    @Required @JsonPropertyDescription("Where to.") To to,
    @Default("Ask")
        @JsonPropertyDescription(
            "What becomes of a roll back to lastStable where the database's schema (spec.stable.schema) is not the one any more that the stable revision ran with: a human is asked, the next level is taken, or it makes no difference.")
        OnSchemaChange onSchemaChange) {

  /** What becomes of the action when the schema is another one. */
  public enum OnSchemaChange {
    Ask,
    NextLevel,
    Ignore
  }

  /** The state that comes back. */
  @SchemaCustomizer(value = ExactlyOne.class, input = "lastStable,revision,images")
  public record To(
      @JsonPropertyDescription(
              "The newest stable revision (spec.stable) that differs from what ran when the run started and is older than run.since.")
          LastStable lastStable,
      @Size(min = 1, max = 80)
          @Pattern("^([1-9][0-9]{0,17}|\\$\\(args\\.[a-z][a-z0-9_]*\\))$")
          @MayHoldArgs(escape = Escape.NONE, fits = Patterns.FILLED_REVISION)
          @JsonPropertyDescription(
              "A revision number, as kubectl rollout history shows it, or $(args.name).")
          String revision,
      @Size(min = 1, max = 20) @JsonPropertyDescription("These images; the rest stays as it is.")
          List<ContainerImage> images) {}

  /** The last state that was proven good. */
  public record LastStable(
      @Default("true")
          @JsonPropertyDescription("Also puts back the contents of the ConfigMaps that it used.")
          Boolean configMaps) {}

  /** Image of one container. */
  public record ContainerImage(
      @Required
          @Size(min = 1, max = 63)
          @Pattern(Patterns.LABEL)
          @JsonPropertyDescription("Name of the container (init containers too).")
          String container,
      @Required
          @Size(min = 1, max = 512)
          @Pattern(Patterns.IMAGE)
          @MayHoldArgs(escape = Escape.NONE, fits = Patterns.FILLED_IMAGE)
          @JsonPropertyDescription("The image to run; may hold $(args.name).")
          String image) {}
}
