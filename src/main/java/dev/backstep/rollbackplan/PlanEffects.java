package dev.backstep.rollbackplan;

import dev.backstep.action.PastEffects;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Records;
import dev.backstep.effect.Author;
import dev.backstep.effect.EffectRunner;
import dev.backstep.effect.EffectRunner.Order;
import dev.backstep.effect.IntentRunner;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Close;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Has the effects of a plan's run carried out. */
@ApplicationScoped
public class PlanEffects {
  private final IntentRunner intents;
  private final EffectRunner effects;
  private final StatusWriter writer;
  private final PlanWakeups wakeups;

  public PlanEffects(
      IntentRunner intents, EffectRunner effects, StatusWriter writer, PlanWakeups wakeups) {
    this.intents = intents;
    this.effects = effects;
    this.writer = writer;
    this.wakeups = wakeups;
  }

  /** Begins those that are due. */
  IntentRunner.Begun<RollbackPlan> begin(PlanView view, Act act, UnaryOperator<RollbackPlan> put) {
    return intents.begin(
        Records.Owner.of(view.plan()),
        act.run().intent(),
        view.effects(),
        order(view),
        intent ->
            writer.record(
                view, view.status().withRun(act.run().withIntent(intent)), act.action(), put));
  }

  /** Brings those of an intent that was found open to a known end. */
  void close(PlanView view, Close close, UnaryOperator<RollbackPlan> put) {
    intents.close(
        close.intent(),
        close.wanted(),
        view.snapshot().run().givenUp().map(PastEffects::known).orElse(Map.of()),
        order(view),
        () -> StatusWriter.PUT.confirm(view.plan(), put));
  }

  /** How they ended is recorded. */
  void forget(PlanView view, Intent intent) {
    effects.forget(view.plan().getMetadata().getUid(), intent);
  }

  private Order order(PlanView view) {
    var metadata = view.plan().getMetadata();
    return new Order(
        view.snapshot().run().claim(),
        new Author(metadata.getNamespace(), view.snapshot().plan().serviceAccountName()),
        metadata.getUid(),
        wakeups.of(view.plan()));
  }
}
