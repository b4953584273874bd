package dev.backstep.dbrestore;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Records;
import dev.backstep.dbrestore.decide.Decision.Act;
import dev.backstep.dbrestore.decide.Decision.Close;
import dev.backstep.dbrestore.gather.RestoreView;
import dev.backstep.dbrestore.watch.RestoreWakeups;
import dev.backstep.effect.EffectRunner;
import dev.backstep.effect.EffectRunner.Order;
import dev.backstep.effect.IntentRunner;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Has the effects of restores carried out. */
@ApplicationScoped
public class RestoreEffects {
  private final IntentRunner intents;
  private final EffectRunner effects;
  private final RestoreWriter writer;
  private final RestoreWakeups wakeups;

  public RestoreEffects(
      IntentRunner intents, EffectRunner effects, RestoreWriter writer, RestoreWakeups wakeups) {
    this.intents = intents;
    this.effects = effects;
    this.writer = writer;
    this.wakeups = wakeups;
  }

  /** Begins those that are due. */
  IntentRunner.Begun<DbRestore> begin(RestoreView view, Act act, UnaryOperator<DbRestore> put) {
    return intents.begin(
        Records.Owner.of(view.restore()),
        act.intent(),
        act.step().effects(),
        order(view),
        intent -> writer.intended(view, act, intent, put));
  }

  /** Brings those of an intent that was found open to a known end. */
  void close(RestoreView view, Close close, UnaryOperator<DbRestore> put) {
    intents.close(
        close.intent(),
        close.wanted(),
        Map.of(),
        order(view),
        () -> RestoreWriter.PUT.confirm(view.restore(), put));
  }

  /** How they ended is recorded. */
  void forget(RestoreView view, Intent intent) {
    effects.forget(view.restore().getMetadata().getUid(), intent);
  }

  private Order order(RestoreView view) {
    return new Order(
        view.snapshot().claim(),
        view.author(),
        view.restore().getMetadata().getUid(),
        wakeups.of(view.restore()));
  }
}
