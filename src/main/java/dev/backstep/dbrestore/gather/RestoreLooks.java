package dev.backstep.dbrestore.gather;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.LookThreads;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.resource.Looks;
import dev.backstep.restore.Stand;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/** Looks at how far restores are. */
@Singleton
public class RestoreLooks extends Looks<Stand> {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  public RestoreLooks(LookThreads threads) {
    super(threads);
  }

  @Override
  protected Stand failed(Throwable why) {
    return new Stand(
        RestorePhase.Pending,
        Step.of(
            new Work.Rolling(
                "It could not be looked at how far the restore is: %s.".formatted(why),
                LOOK_AGAIN)),
        Optional.empty());
  }
}
