package dev.backstep.testing;

import dev.backstep.effect.LookThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Looks are taken where the test is, and when it wants; nothing is late. */
public class LooksHere extends LookThreads {
  /** What is asked is answered at once. */
  public LooksHere() {
    this(Runnable::run);
  }

  /** Somebody takes what is to be asked. */
  public LooksHere(Consumer<Runnable> taker) {
    super(new TaskTaker(taker), null);
  }

  @Override
  public void limit(CompletableFuture<?> answer, Duration limit) {
    // Time does not pass.
  }
}
