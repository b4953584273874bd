package dev.backstep.effect;

import dev.backstep.api.v1alpha1.status.Hold;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** How far the open intent's effects are, as this process knows. */
public sealed interface Progress {
  /** Nothing: another process left the intent open, or there is none. */
  record None() implements Progress {}

  /** They are being sent or closed right now. */
  record InFlight() implements Progress {}

  /**
   * It could not be found out how all of them ended; now it may be tried again.
   *
   * @param soFar those that are known, and of the others that they are not
   */
  record NotKnown(Report soFar) implements Progress {}

  /**
   * How one effect ended.
   *
   * @param target what it is about
   * @param outcome how it ended
   * @param takes what is kept off where it was applied; null: nothing
   * @param givesBack what is not kept off any more where it was applied; null: nothing
   */
  record Result(Target target, Outcome outcome, Hold takes, Hold givesBack) {
    /** How an effect ended. */
    public static Result of(Effect effect, Outcome outcome) {
      return new Result(effect.target(), outcome, effect.takes(), effect.givesBack());
    }
  }

  /**
   * They came to an end.
   *
   * @param results of each effect, in the order of the intent; empty: they are lost
   * @param lost why it cannot be found out what the effects were; null: it is known
   */
  record Report(List<Result> results, String lost) implements Progress {
    public Report(List<Result> results) {
      this(results, null);
    }

    /** How many ended so. */
    public long count(Class<? extends Outcome> how) {
      return ended(how).count();
    }

    /** Those that ended so. */
    public <O extends Outcome> Stream<O> ended(Class<O> how) {
      return results.stream().map(Result::outcome).filter(how::isInstance).map(how::cast);
    }

    /** The holds that are on their targets now. */
    public List<Hold> held() {
      return results.stream()
          .filter(result -> result.outcome() instanceof Outcome.Applied)
          .map(Result::takes)
          .filter(Objects::nonNull)
          .toList();
    }

    /** The holds that are off their targets now. */
    public List<Hold> released() {
      return results.stream()
          .filter(
              result ->
                  result.outcome() instanceof Outcome.Applied
                      || result.outcome() instanceof Outcome.Gone)
          .map(Result::givesBack)
          .filter(Objects::nonNull)
          .toList();
    }
  }
}
