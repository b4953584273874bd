package dev.backstep.action;

import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * What an action did, which is to be given or put back.
 *
 * @param held what it still holds
 * @param past what it sent; read only by those who ask for it
 * @param author on whose rights it is taken back
 * @param reversals how effects are taken back
 */
public record Taken(List<Hold> held, Past past, Author author, Reversals reversals) {

  /** What an action sent, from its images. */
  public interface Past {
    /** What it applied, oldest first. */
    List<Sent<?>> applied();

    /** What was sent to take that back before. */
    List<Sent<?>> back();
  }

  /** The effects that take back what was applied, as far as they are left. */
  public CompletionStage<Step> reversed() {
    var applied = past.applied();
    return applied.isEmpty() && !held.isEmpty()
        ? Step.impossible("RecordLost", lost()).now()
        : reversals.of(applied, past.back(), author);
  }

  private String lost() {
    return "what %s was before is not known any more, because the record of the run was lost. Put it back by hand."
        .formatted(held.get(0).target());
  }

  /**
   * What was applied to take back what the action did last.
   *
   * @param sent what the status says of all that was sent, oldest first
   */
  public List<Sent<?>> sentBack(List<EffectStatus> sent) {
    return triedBack(sent).stream()
        .filter(one -> one.outcome() instanceof Outcome.Applied)
        .toList();
  }

  /** The same, with what was not applied. */
  public List<Sent<?>> triedBack(List<EffectStatus> sent) {
    var since = new ArrayList<EffectStatus>();
    for (var effect : sent) {
      if (effect.verb() == Intent.Verb.Apply) {
        since.clear();
      } else {
        since.add(effect);
      }
    }
    return past.back().stream()
        .filter(one -> since.stream().anyMatch(effect -> isOf(one.mark(), effect)))
        .toList();
  }

  private static boolean isOf(Mark mark, EffectStatus effect) {
    return mark.verb() == effect.verb() && mark.number() == effect.number();
  }

  /** As far as it did this to its targets, and not what followed from it. */
  public Taken only(Predicate<Effect> which) {
    return new Taken(
        held,
        new Past() {
          @Override
          public List<Sent<?>> applied() {
            return past.applied().stream().filter(sent -> which.test(sent.effect())).toList();
          }

          @Override
          public List<Sent<?>> back() {
            return past.back();
          }
        },
        author,
        reversals);
  }

  /** Everything that it ever held. */
  public List<Hold> everHeld() {
    return past.applied().stream()
        .<Hold>map(it -> it.effect().takes())
        .filter(Objects::nonNull)
        .toList();
  }
}
