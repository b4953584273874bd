package dev.backstep.action;

import dev.backstep.action.Taken.Past;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Images;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What an action sent, read from the images of its effects.
 *
 * @param claim of the run that sent it
 * @param action its name
 * @param sent what the status says of it
 */
public record PastEffects(
    Images images, String namespace, String claim, String action, List<EffectStatus> sent)
    implements Past {

  /** An image was deleted, so what it said of its targets is not known any more. */
  public static final class LostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LostException(EffectStatus effect) {
      super(
          "what its effect %s replaced is not known: the ControllerRevision that kept it was deleted. Put it back by hand, then answer Skip."
              .formatted(effect.number()));
    }
  }

  @Override
  public List<Sent<?>> applied() {
    return read(effect -> effect.verb() == Intent.Verb.Apply)
        .filter(sent -> sent.outcome() instanceof Outcome.Applied)
        .toList();
  }

  @Override
  public List<Sent<?>> back() {
    return read(effect -> effect.verb() != Intent.Verb.Apply).toList();
  }

  private Stream<Sent<?>> read(Predicate<EffectStatus> which) {
    return sent.stream().filter(which).flatMap(this::read);
  }

  private Stream<Sent<?>> read(EffectStatus effect) {
    var known =
        images.read(namespace, effect.images()).orElseThrow(() -> new LostException(effect));
    return IntStream.range(0, known.size()).mapToObj(part -> sent(known.get(part), part, effect));
  }

  private Sent<?> sent(Effect done, int part, EffectStatus effect) {
    var mark = new Mark(claim, action, effect.verb(), effect.number(), part);
    return new Sent<>(done, mark, outcome(effect, part));
  }

  /** How those of its effects ended that are not to be closed once more, by index. */
  public static Map<Integer, Outcome> known(EffectStatus effect) {
    return IntStream.range(0, effect.targets())
        .filter(part -> !effect.undecided(part))
        .boxed()
        .collect(Collectors.toMap(part -> part, part -> outcome(effect, part)));
  }

  /** As far as the status keeps it. */
  private static Outcome outcome(EffectStatus effect, int part) {
    var result = effect.results().stream().filter(it -> it.part() == part).findFirst();
    return switch (effect.how(part)) {
      case Applied ->
          new Outcome.Applied(
              null,
              result.map(EffectResult::said).orElse(null),
              result.map(EffectResult::drift).orElse(null));
      case Gone -> new Outcome.Gone();
      case Unknown -> new Outcome.Unknown("It is not known whether it was done.", null);
      default -> new Outcome.Refused(null);
    };
  }
}
