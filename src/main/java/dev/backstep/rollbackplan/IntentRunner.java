package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Intent;
import dev.backstep.api.v1alpha1.IntentBuilder;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.cluster.EffectRunner;
import dev.backstep.cluster.EffectRunner.Order;
import dev.backstep.cluster.Images;
import dev.backstep.runbook.Decision.Act;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.UnaryOperator;

/**
 * Carries effects out in the order that survives being killed on any line: keep what the targets
 * look like, record the intent, send.
 */
@ApplicationScoped
public class IntentRunner {
  private final Images images;
  private final EffectRunner effects;
  private final StatusWriter writer;
  private final Wakeups wakeups;

  public IntentRunner(Images images, EffectRunner effects, StatusWriter writer, Wakeups wakeups) {
    this.images = images;
    this.effects = effects;
    this.writer = writer;
    this.wakeups = wakeups;
  }

  /** Begins an effect. */
  RollbackPlan act(PlanView view, Act act, UnaryOperator<RollbackPlan> put) {
    var planned = act.run().intent();
    var kept =
        images.keep(Claims.owner(view.plan()), act.run().claim(), planned.mark(), view.changes());
    var intent =
        IntentBuilder.builder(planned).images(kept.names()).targets(kept.changes().size()).build();
    RollbackPlanStatus core = view.status().withRun(act.run().withIntent(intent));
    var written = writer.step(view, core, act.action(), put);
    effects.send(intent, kept.changes(), order(view));
    return written;
  }

  /** Brings an intent that was found open to a known end. */
  void close(PlanView view, Intent intent, boolean wanted) {
    effects.close(intent, wanted && view.now().isBefore(intent.notAfter()), order(view));
  }

  private Order order(PlanView view) {
    return new Order(
        view.plan().getMetadata().getNamespace(),
        view.snapshot().plan().serviceAccountName(),
        wakeups.of(view.plan()));
  }
}
