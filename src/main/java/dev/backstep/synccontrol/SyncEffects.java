package dev.backstep.synccontrol;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Records;
import dev.backstep.effect.EffectRunner;
import dev.backstep.effect.EffectRunner.Order;
import dev.backstep.effect.IntentRunner;
import dev.backstep.synccontrol.decide.Decision.Act;
import dev.backstep.synccontrol.decide.Decision.Close;
import dev.backstep.synccontrol.gather.SwitchView;
import dev.backstep.synccontrol.watch.SyncWakeups;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Has the effects of means carried out. */
@ApplicationScoped
public class SyncEffects {
  private final IntentRunner intents;
  private final EffectRunner effects;
  private final SyncWriter writer;
  private final SyncWakeups wakeups;

  public SyncEffects(
      IntentRunner intents, EffectRunner effects, SyncWriter writer, SyncWakeups wakeups) {
    this.intents = intents;
    this.effects = effects;
    this.writer = writer;
    this.wakeups = wakeups;
  }

  /** Begins those that are due. */
  IntentRunner.Begun<SyncControl> begin(SwitchView view, Act act, UnaryOperator<SyncControl> put) {
    return intents.begin(
        Records.Owner.of(view.sync()),
        act.intent(),
        act.step().effects(),
        order(view),
        intent -> writer.intended(view, act, intent, put));
  }

  /** Brings those of an intent that was found open to a known end. */
  void close(SwitchView view, Close close, UnaryOperator<SyncControl> put) {
    intents.close(
        close.intent(),
        close.wanted(),
        Map.of(),
        order(view),
        () -> SyncWriter.PUT.confirm(view.sync(), put));
  }

  /** How they ended is recorded. */
  void forget(SwitchView view, Intent intent) {
    effects.forget(view.sync().getMetadata().getUid(), intent);
  }

  private Order order(SwitchView view) {
    return new Order(
        view.snapshot().episode().claim(),
        view.author(),
        view.sync().getMetadata().getUid(),
        wakeups.of(view.sync()));
  }
}
