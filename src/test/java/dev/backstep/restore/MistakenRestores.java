package dev.backstep.restore;

import dev.backstep.action.Actions;
import dev.backstep.database.swap.DatabaseDrop;
import dev.backstep.effect.Images;
import dev.backstep.effect.Step;
import jakarta.inject.Provider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Mistakes for the simulation: stages of a restore that do not do what they are for. */
public final class MistakenRestores {
  private static final String DONE = "It is said to be done.";

  private MistakenRestores() {}

  /** The present data is not copied away. */
  public static final class NotCopied extends SafetyStage {
    public NotCopied(Provider<Actions> actions, Images images) {
      super(actions, images);
    }

    @Override
    public CompletionStage<Step> left(Seen now) {
      return Step.done(DONE).now();
    }
  }

  /** Those who write go on. */
  public static final class NotQuiet extends QuietStage {
    public NotQuiet(Provider<Actions> actions, SafetyStage copy) {
      super(actions, copy);
    }

    @Override
    public CompletionStage<Step> left(Seen now) {
      return Step.done(DONE).now();
    }
  }

  /** The data from before is dropped as soon as it is not live any more. */
  public static final class NotKept extends CheckStage {
    public NotKept(Verification verification) {
      super(verification);
    }

    @Override
    public CompletionStage<Step> left(Situation now) {
      return now.found()
          .old()
          .map(
              old ->
                  new DatabaseDrop(
                      now.restore().databaseRef(),
                      now.found().identity(),
                      now.found().live(),
                      now.names(),
                      old.name(),
                      old.oid(),
                      Duration.ofSeconds(30)))
          .map(drop -> Step.todo(List.of(drop)))
          .orElseGet(() -> Step.done(DONE))
          .now();
    }
  }

  /** The data from before is not put back. */
  public static final class NotPutBack extends SwapBack {
    @Override
    public CompletionStage<Step> left(Situation now) {
      return Step.done(DONE).now();
    }
  }
}
