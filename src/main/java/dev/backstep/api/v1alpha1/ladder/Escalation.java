package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Whom to call, and what to say, when the ladder does not help. */
public record Escalation(
    @Size(min = 1, max = 1000)
        @JsonPropertyDescription("Shown when no level is left and when nobody approves in time.")
        String message,
    @Size(max = 16) @JsonPropertyDescription("Whom to call, in order.") List<Contact> contacts) {

  /** Somebody to call. */
  public record Contact(
      @Required @Size(min = 1, max = 100) @JsonPropertyDescription("Who.") String name,
      @Size(max = 100) @JsonPropertyDescription("What for.") String role,
      @Required
          @Size(min = 1, max = 200)
          @JsonPropertyDescription("How, shown as it is: do not put secrets here.")
          String contact,
      @Size(max = 8)
          @Pattern(Patterns.DURATION)
          @JsonPropertyDescription("Promised time to answer.")
          String respondWithin) {}
}
