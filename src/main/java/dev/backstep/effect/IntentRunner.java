package dev.backstep.effect;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.IntentBuilder;
import dev.backstep.cluster.Refusal;
import dev.backstep.text.Sentences;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
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

  /** What their targets look like cannot be kept, so they must not be sent: a verdict. */
  public record Refused<R>(Work.Impossible work, RuntimeException cause) implements Begun<R> {}

  /** What their targets look like could not be kept this time; nothing was sent. */
  public record NotKept<R>(KubernetesClientException cause) implements Begun<R> {}

  /**
   * Begins effects.
   *
   * @param planned the intent, which does not know its images yet
   * @param order of the object whose status records the intent
   * @param record writes the status with the intent in it, and gives the object after the write
   */
  public <R> Begun<R> begin(
      Intent planned, List<? extends Effect> due, Order order, Function<Intent, R> record) {
    List<String> kept;
    try {
      kept = images.keep(order.owner(), order.claim(), planned.action(), due);
    } catch (Images.TooLargeException e) {
      return new Refused<>(new Work.Impossible(Reasons.IMAGE_REFUSED, e.getMessage()), e);
    } catch (KubernetesClientException e) {
      return Refusal.isVerdict(e) ? new Refused<>(notKept(e), e) : new NotKept<>(e);
    }
    var intent = IntentBuilder.builder(planned).images(kept).targets(due.size()).build();
    var written = record.apply(intent);
    effects.send(intent, due, order);
    return new UnderWay<>(written);
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
