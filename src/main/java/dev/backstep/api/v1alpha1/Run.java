package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;

/**
 * The wish to carry the plan out. A new id starts a run; the id of the current or last run steers
 * that one (state, answer); an older id is refused. Applying the same run again does nothing.
 */
@ValidationRule(
    value =
        "oldSelf.id != self.id || (oldSelf.reason == self.reason && oldSelf.requestedBy =="
            + " self.requestedBy && oldSelf.levels == self.levels && oldSelf.entry == self.entry &&"
            + " has(oldSelf.since) == has(self.since) && (!has(self.since) || oldSelf.since =="
            + " self.since))",
    fieldPath = ".id",
    message =
        "a run cannot be changed: under the same id only state, stateBy, answer and cause may"
            + " change. Use a new id for a new run")
@ValidationRule(
    value = "self.state == 'Running' || has(self.stateBy)",
    fieldPath = ".stateBy",
    message = "stateBy must say who asks for this state")
public record Run(
    @Required
        @Size(min = 1, max = 60)
        @Pattern(Patterns.RUN_ID)
        @JsonPropertyDescription("Name of the run, such as the incident's number: INC-42.")
        String id,
    @Required
        @Size(min = 10, max = 500)
        @JsonPropertyDescription("Why: what is broken, since when. It is kept in the record.")
        String reason,
    @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Who asks for the run.")
        String requestedBy,
    @Required
        @Size(min = 1, max = 12)
        @JsonPropertyDescription(
            "Names of the levels that this run may climb; they are climbed in the plan's order.")
        List<String> levels,
    @JsonPropertyDescription(
            "When the trouble began. Stable revisions recorded after this are not rolled back to.")
        Instant since,
    @Size(max = 500)
        @JsonPropertyDescription("Suspected root cause; may be added while the run is open.")
        String cause,
    @Default("IfUnhealthy")
        @JsonPropertyDescription(
            "IfUnhealthy: measure first and do nothing when all gates are healthy. Always: begin"
                + " with the first level at once.")
        Entry entry,
    @Default("Running")
        @JsonPropertyDescription(
            "Running; Aborted: stop and leave everything as it is now; Released: after the run"
                + " ended, give back what it holds.")
        State state,
    @Size(min = 1, max = 253) @JsonPropertyDescription("Who asks for the state.") String stateBy,
    @JsonPropertyDescription("The answer to the question in status.run.question.") Answer answer) {

  /** How a run begins. */
  public enum Entry {
    IfUnhealthy,
    Always
  }

  /** What a human wants of a run. */
  public enum State {
    Running,
    Aborted,
    Released
  }

  /** A human's answer to a question of the run. */
  public record Answer(
      @Required
          @Size(min = 1, max = 40)
          @JsonPropertyDescription("Id of the question: status.run.question.id.")
          String question,
      @Required @JsonPropertyDescription("One of status.run.question.choices.") Choice choice,
      @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Who answers.") String by,
      @Size(max = 500) @JsonPropertyDescription("Anything worth keeping in the record.")
          String comment) {}
}
