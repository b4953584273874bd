package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;

/**
 * The wish to carry the plan out. A new id starts a run; the id of the current or last run steers
 * that one (state, answer); an older id is refused. Applying the same run again does nothing.
 */
@ValidationRule(
    value =
        """
        oldSelf.id != self.id || (oldSelf.reason == self.reason && \
        oldSelf.requestedBy == self.requestedBy && \
        oldSelf.entry == self.entry && \
        oldSelf.mode == self.mode && \
        has(oldSelf.levels) == has(self.levels) && \
        (!has(self.levels) || oldSelf.levels == self.levels) && \
        has(oldSelf.symptom) == has(self.symptom) && \
        (!has(self.symptom) || oldSelf.symptom == self.symptom) && \
        has(oldSelf.args) == has(self.args) && \
        (!has(self.args) || oldSelf.args == self.args) && \
        has(oldSelf.since) == has(self.since) && \
        (!has(self.since) || oldSelf.since == self.since))\
        """,
    fieldPath = ".id",
    message =
        "a run cannot be changed: under the same id only state, stateBy, answer and cause may change. Use a new id for a new run")
@ValidationRule(
    value = "self.state == 'Running' || has(self.stateBy)",
    fieldPath = ".stateBy",
    message = "stateBy must say who asks for this state")
@SchemaCustomizer(value = ExactlyOne.class, input = "symptom,levels")
@RecordBuilder
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
    @Size(min = 1, max = 63)
        @JsonPropertyDescription(
            "What is seen: a line of the plan's decision matrix, which says the levels.")
        String symptom,
    @Size(min = 1, max = 12)
        @JsonPropertyDescription(
            "Names of the levels that this run may climb; they are climbed in the plan's order.")
        List<@Size(min = 1, max = 63) String> levels,
    @JsonPropertyDescription(
            "When the trouble began. Stable revisions recorded after this are not rolled back to.")
        Instant since,
    @Size(max = 500)
        @JsonPropertyDescription("Suspected root cause; may be added while the run is open.")
        String cause,
    @Size(max = 16) @JsonPropertyDescription("Values for the plan's args.") List<Value> args,
    @Default("Execute")
        @JsonPropertyDescription(
            "Execute; DryRun: shows what each level would change, and writes nothing; Drill: as DryRun, but actions with inDrill: Run are done and put back.")
        Mode mode,
    @Default("IfUnhealthy")
        @JsonPropertyDescription(
            "IfUnhealthy: measure first and do nothing when all gates are healthy. Always: begin with the first level at once.")
        Entry entry,
    @Default("Running")
        @JsonPropertyDescription(
            "Running; Paused: no further effect until it is Running again; Aborted: stop and leave everything as it is now; Released: after the run ended, give back what it holds; Undone: stop, and reverse everything that has an inverse.")
        State state,
    @Size(min = 1, max = 253) @JsonPropertyDescription("Who asks for the state.") String stateBy,
    @JsonPropertyDescription("The answer to the question in status.run.question.") Answer answer)
    implements RunBuilder.With {

  /** What a run does. */
  public enum Mode {
    Execute,
    DryRun,
    Drill
  }

  /** The value of one of the plan's args. */
  public record Value(
      @Required
          @Size(min = 1, max = 63)
          @Pattern(Patterns.ARGUMENT)
          @JsonPropertyDescription("Name of the argument.")
          String name,
      @Required @Size(min = 1, max = 200) @JsonPropertyDescription("Its value.") String value) {}

  /** How a run begins. */
  public enum Entry {
    IfUnhealthy,
    Always
  }

  /** What a human wants of a run. */
  public enum State {
    Running,
    Paused,
    Aborted,
    Released,
    Undone
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
