package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.IntentBuilder;
import dev.backstep.cluster.Refusal;
import dev.backstep.effect.Author;
import dev.backstep.effect.EffectRunner;
import dev.backstep.effect.EffectRunner.Order;
import dev.backstep.effect.Images;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.text.Sentences;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
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

  /** What became of an effect that was due. */
  sealed interface Begun {}

  /** Its intent is recorded, and it is on its way. */
  record Sent(RollbackPlan plan) implements Begun {}

  /** What its targets look like cannot be kept, so it must not be sent: a verdict. */
  record Refused(Work.Impossible work, RuntimeException cause) implements Begun {}

  /** What its targets look like could not be kept this time; nothing was sent. */
  record NotKept(KubernetesClientException cause) implements Begun {}

  /** Begins an effect. */
  Begun act(PlanView view, Act act, UnaryOperator<RollbackPlan> put) {
    var planned = act.run().intent();
    List<String> kept;
    try {
      kept =
          images.keep(Claims.owner(view.plan()), act.run().claim(), planned.mark(), view.effects());
    } catch (Images.TooLargeException e) {
      return new Refused(new Work.Impossible(Reasons.IMAGE_REFUSED, e.getMessage()), e);
    } catch (KubernetesClientException e) {
      return Refusal.isVerdict(e) ? new Refused(notKept(e), e) : new NotKept(e);
    }
    return new Sent(send(view, act, kept, put));
  }

  private static Work.Impossible notKept(KubernetesClientException e) {
    return new Work.Impossible(
        Reasons.IMAGE_REFUSED,
        "Nothing was changed, because what it looked like before could not be kept in a ControllerRevision: %s."
            .formatted(Sentences.clause(Refusal.said(e))));
  }

  private RollbackPlan send(
      PlanView view, Act act, List<String> images, UnaryOperator<RollbackPlan> put) {
    var intent =
        IntentBuilder.builder(act.run().intent())
            .images(images)
            .targets(view.effects().size())
            .build();
    RollbackPlanStatus core = view.status().withRun(act.run().withIntent(intent));
    var written = writer.record(view, core, act.action(), put);
    effects.send(intent, view.effects(), order(view));
    return written;
  }

  /**
   * Brings an intent that was found open to a known end. A write that changes nothing proves that
   * it is still open: whoever sees an old status is refused. The target would not refuse it: an
   * attempt that was forbidden to the process before leaves nothing there.
   */
  void close(PlanView view, Intent intent, boolean wanted, UnaryOperator<RollbackPlan> put) {
    writer.put(view.plan(), view.plan().getStatus(), put);
    effects.close(
        intent,
        wanted && view.now().isBefore(intent.notAfter()),
        view.snapshot().run().givenUp().map(PastEffects::known).orElse(Map.of()),
        order(view));
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
