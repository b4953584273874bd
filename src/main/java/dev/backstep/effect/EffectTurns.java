package dev.backstep.effect;

import dev.backstep.turn.Turns;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Where effects wait for each other: at who answers them; else, at the API server, by sort. */
final class EffectTurns {
  private final Effectors effectors;
  private final Executor threads;
  private final Turns turns;

  EffectTurns(Effectors effectors, Executor threads) {
    this.effectors = effectors;
    this.threads = threads;
    this.turns = new Turns(threads);
  }

  private record Place(String namespace, Target answering) {}

  /** Carries it out when it is its turn. */
  CompletableFuture<Outcome> take(Effect effect, Order order, Supplier<Outcome> work) {
    return turns
        .take(
            place(effect, order),
            effectors.of(effect).atOnce(),
            order.object(),
            () -> CompletableFuture.supplyAsync(work, threads))
        .toCompletableFuture();
  }

  private static Object place(Effect effect, Order order) {
    return effect
        .answering()
        .<Object>map(who -> new Place(order.author().namespace(), who))
        .orElse(effect.getClass());
  }
}
