package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Something a human does or looks at; done by an Approval with {@code item} = its name. */
@MeasuredOnce(because = "a human is not asked again and again")
public record Manual(
    @Required
        @Size(min = 1, max = 2000)
        @JsonPropertyDescription("What the human has to do, or the question to answer.")
        String text,
    @Size(max = 20) @JsonPropertyDescription("What to tick off, in order.")
        List<@Size(min = 1, max = 300) String> checklist)
    implements GateKind, HumanTask {

  @Override
  public boolean once() {
    return true;
  }

  @Override
  public String instruction() {
    return text;
  }
}
