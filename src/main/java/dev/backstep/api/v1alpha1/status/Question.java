package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.ladder.Choice;
import java.time.Instant;
import java.util.List;

/** A question of a run to a human; answered in {@code spec.run.answer}. */
public record Question(
    @JsonPropertyDescription("Id that the answer must name.") String id,
    @JsonPropertyDescription("Why the run asks, in one word.") String reason,
    @JsonPropertyDescription("Why the run asks, and what each choice does.") String message,
    @JsonPropertyDescription("The answers that fit.") List<Choice> choices,
    @JsonPropertyDescription("When it was asked.") Instant since,
    @JsonPropertyDescription("What it is about, such as the name of a stop condition.")
        String about) {}
