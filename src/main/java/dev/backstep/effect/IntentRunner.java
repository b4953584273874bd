package dev.backstep.effect;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.IntentBuilder;
import dev.backstep.cluster.Refusal;
import dev.backstep.text.Sentences;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Carries effects out in the order that survives being killed on any line: keep what the targets
 * look like, record the intent, send.
 */
@ApplicationScoped
public class IntentRunner {
  private final Images images;
  private final EffectRunner effects;
  private final Clock clock;

  public IntentRunner(Images images, EffectRunner effects, Clock clock) {
    this.images = images;
    this.effects = effects;
    this.clock = clock;
  }

  /**
   * What became of effects that were due.
   *
   * @param <R> the kind whose status records the intent
   */
  public sealed interface Begun<R> {}

  /**
   * Their intent is recorded, and they are on their way.
   *
   * @param object as it is after the write
   */
  public record UnderWay<R>(R object) implements Begun<R> {}

  /**
   * What the targets of an action look like cannot be kept, so nothing may be sent to them: a
   * verdict. Nothing of what was to begin with it was sent either.
   */
  public record Refused<R>(String action, Work.Impossible work, RuntimeException cause)
      implements Begun<R> {}

  /** What the targets of an action look like could not be kept this time; nothing was sent. */
  public record NotKept<R>(String action, KubernetesClientException cause) implements Begun<R> {}

  /**
   * Effects that are due.
   *
   * @param intent that does not know its images yet
   */
  public record Due(Intent intent, List<? extends Effect> effects) {}

  /** As {@link #begin(List, Order, Function)}, for one intent. */
  public <R> Begun<R> begin(
      Intent planned, List<? extends Effect> due, Order order, Function<Intent, R> record) {
    return begin(List.of(new Due(planned, due)), order, intents -> record.apply(intents.get(0)));
  }

  /**
   * Begins effects.
   *
   * @param due what is recorded by one write
   * @param order of the object whose status records the intents
   * @param record writes the status with the intents in it, and gives the object after the write
   */
  public <R> Begun<R> begin(List<Due> due, Order order, Function<List<Intent>, R> record) {
    var kept = new ArrayList<Due>();
    for (var one : due) {
      try {
        kept.add(kept(one, order));
      } catch (Images.TooLargeException e) {
        var why = new Work.Impossible(Reasons.IMAGE_REFUSED, e.getMessage());
        return new Refused<>(one.intent().action(), why, e);
      } catch (KubernetesClientException e) {
        return Refusal.isVerdict(e)
            ? new Refused<>(one.intent().action(), notKept(e), e)
            : new NotKept<>(one.intent().action(), e);
      }
    }
    var written = record.apply(kept.stream().map(Due::intent).toList());
    kept.forEach(one -> effects.send(one.intent(), one.effects(), order));
    return new UnderWay<>(written);
  }

  private Due kept(Due due, Order order) {
    var planned = due.intent();
    var names = images.keep(order.owner(), order.claim(), planned.action(), due.effects());
    var intent = IntentBuilder.builder(planned).images(names).targets(due.effects().size()).build();
    return new Due(intent, due.effects());
  }

  private static Work.Impossible notKept(KubernetesClientException e) {
    return new Work.Impossible(
        Reasons.IMAGE_REFUSED,
        "Nothing was changed, because what it looked like before could not be kept in a ControllerRevision: %s."
            .formatted(Sentences.clause(Refusal.said(e))));
  }

  /**
   * Brings an intent that was found open to a known end. A write that changes nothing proves that
   * it is still open: whoever sees an old status is refused. The target would not refuse it: an
   * attempt that was forbidden to the process before leaves nothing there.
   *
   * @param recorded how those of its effects ended that need not be closed any more, by index
   * @param confirm writes the status as it is
   */
  public void close(
      Intent intent,
      boolean wanted,
      Map<Integer, Outcome> recorded,
      Order order,
      Runnable confirm) {
    confirm.run();
    var inTime = clock.instant().isBefore(intent.notAfter());
    effects.close(intent, wanted && inTime, recorded, order);
  }

  /** Forgets one whose outcome was recorded. */
  public void forget(Intent intent, Order order) {
    effects.forget(order.object(), intent);
  }
}
