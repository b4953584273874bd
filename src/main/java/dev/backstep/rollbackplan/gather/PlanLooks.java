package dev.backstep.rollbackplan.gather;

import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.resource.Looks;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Looks at what is left to do of runs. */
@ApplicationScoped
public class PlanLooks extends Looks<Findings> {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  @Override
  protected Findings failed(Throwable why) {
    return Findings.of(
        Step.of(
            new Work.Rolling(
                "It could not be looked at what is left to do: %s.".formatted(why), LOOK_AGAIN)));
  }
}
