package dev.backstep.synccontrol.gather;

import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.resource.Looks;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Looks at what is left to do of means. */
@ApplicationScoped
public class SwitchLooks extends Looks<Step> {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  @Override
  protected Step failed(Throwable why) {
    return Step.of(
        new Work.Rolling(
            "It could not be looked at what is left to do: %s.".formatted(why), LOOK_AGAIN));
  }
}
