package dev.backstep.synccontrol.gather;

import dev.backstep.effect.LookThreads;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.resource.Looks;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/** Looks at what is left to do of means. */
@Singleton
public class SwitchLooks extends Looks<SwitchLooks.Found> {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /**
   * What is left to do.
   *
   * @param news how much there was of the means when the look began; empty: it came to nothing
   */
  record Found(Step step, Optional<Long> news) {}

  public SwitchLooks(LookThreads threads) {
    super(threads);
  }

  @Override
  protected Found failed(Throwable why) {
    return new Found(
        Step.of(
            new Work.Rolling(
                "It could not be looked at what is left to do: %s.".formatted(why), LOOK_AGAIN)),
        Optional.empty());
  }
}
