package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** One line of the decision matrix: what a human sees, how urgent it is, which levels help. */
@ValidationRule(
    value =
        "!has(self.observe) || (duration(self.observe) >= duration('5s') && duration(self.observe) <= duration('24h'))",
    fieldPath = ".observe",
    message = "observe must be between 5s and 24h")
public record Symptom(
    @Required
        @Size(min = 1, max = 63)
        @Pattern("^[A-Z][A-Za-z0-9]*$")
        @JsonPropertyDescription("CamelCase, such as GarbageGuestNames; a run names it.")
        String name,
    @Size(max = 500) @JsonPropertyDescription("What the human sees.") String description,
    @Required @JsonPropertyDescription("How urgent it is; selects the objective.")
        Severity severity,
    @Required
        @Size(min = 1, max = 12)
        @JsonPropertyDescription("Names of the levels that help; climbed in the plan's order.")
        List<@Size(min = 1, max = 63) String> levels,
    @Size(min = 1, max = 32)
        @JsonPropertyDescription(
            "Names of gates that measure this symptom; they count beside the Health gates. Gates that are measured once count as red at the start.")
        List<@Size(min = 1, max = 40) String> gates,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "How long the run only measures before the first level; if the system turns healthy by itself, the run ends.")
        String observe,
    @Size(min = 1, max = 12)
        @JsonPropertyDescription("Names of levels that ask before they act: a \"maybe\".")
        List<@Size(min = 1, max = 63) String> confirm) {

  /** Lists are never null. */
  public Symptom {
    gates = gates == null ? List.of() : gates;
    confirm = confirm == null ? List.of() : confirm;
  }
}
