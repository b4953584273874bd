package dev.backstep.rollbackplan.gather;

import dev.backstep.effect.LookThreads;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.resource.Looks;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Looks at what is left to do of runs. */
@Singleton
public class PlanLooks extends Looks<Findings> {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  public PlanLooks(LookThreads threads) {
    super(threads);
  }

  @Override
  protected Findings failed(Throwable why) {
    return Findings.of(
        Step.of(
            new Work.Rolling(
                "It could not be looked at what is left to do: %s.".formatted(why), LOOK_AGAIN)));
  }
}
