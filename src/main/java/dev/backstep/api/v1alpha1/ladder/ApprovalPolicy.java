package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Who has to agree before a level acts. Asked for by itself when an action is destructive. */
@ValidationRule(
    value =
        "duration(self.validFor) >= duration('1m') && duration(self.validFor) <= duration('24h')",
    fieldPath = ".validFor",
    message = "validFor must be between 1m and 24h")
public record ApprovalPolicy(
    @Default("1")
        @Min(1)
        @Max(5)
        @JsonPropertyDescription(
            "How many different people have to approve, not counting whoever asked for the run. A run that no human asked for needs at least two.")
        Integer approvers,
    @Default("1h")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("An Approval older than this does not count, 1m to 24h.")
        String validFor,
    @Default("30m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "When nobody has answered for this long, the run says so again, names the contacts, and goes on waiting.")
        String remindAfter) {

  /** Where the level says nothing: what the schema's defaults say. */
  public static final ApprovalPolicy DEFAULT = new ApprovalPolicy(1, "1h", "30m");
}
