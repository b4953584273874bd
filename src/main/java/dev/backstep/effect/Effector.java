package dev.backstep.effect;

import dev.backstep.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * How one sort of effect reaches its target: the only code that writes there. Each is a bean, found
 * by the record class of its effects; nothing lists them. An exception means that it is not known
 * how the effect ended: it is closed a little later.
 *
 * @param <E> the record of its effects
 */
public interface Effector<E extends Effect> {
  /** The record class of its effects. */
  Class<E> type();

  /** How many may be under way at once where {@link Effect#answering} is the same; others wait. */
  default int atOnce() {
    return 8;
  }

  /**
   * Carries it out, once.
   *
   * @param notAfter tested right before the first byte leaves; later nothing is sent any more
   */
  Outcome send(E effect, Mark mark, Author author, Instant notAfter);

  /**
   * Brings one that may have been sent to a known end.
   *
   * @param wanted true: if it did not happen yet, it does now; false: it never can afterwards
   */
  Outcome close(E effect, Mark mark, boolean wanted, Author author, Instant notAfter);

  /** What it would change, a line for each place; its summary where that says all. */
  default List<String> preview(E effect, Author author) {
    return List.of(effect.summary());
  }

  /**
   * What is left of taking effects back, seen from the world as it is now: those that were applied
   * by one action to targets of this sort, oldest first.
   *
   * @param back what was sent to take them back before
   */
  CompletionStage<Step> reverse(List<Sent<E>> sent, List<Sent<?>> back, Author author);

  /**
   * Takes away what effects of a run left beside what they did, such as rows that remember what was
   * before. Nobody can take the run back afterwards. What could refuse an effect that arrives late
   * stays for as long as one can.
   *
   * @param effect one of those on its target; the others on it are forgotten too
   * @param claim of a run that is over and holds nothing
   * @return why it could not be done, and how a human does it; empty: nothing is left
   */
  default Optional<Problem> forget(E effect, String claim, Author author) {
    return Optional.empty();
  }

  /** False while the caches do not show it yet: what is decided from them would be refused. */
  default boolean seen(E effect, Outcome outcome) {
    return true;
  }

  /** What the target says of who else works on it. */
  default Standing standing(E effect) {
    return Standing.NOBODYS;
  }

  /** The same effect, which also makes the run with this claim the owner of the target. */
  default E owned(E effect, String claim) {
    return effect;
  }

  /** Who else wrote the target last, in words that find him; empty: unknown. */
  default Optional<String> editor(E effect) {
    return Optional.empty();
  }

  /**
   * What a target says of earlier effects.
   *
   * @param owner claim of the run that owns it; null: none does
   * @param mark of the effect that changed it last; null: none did
   */
  record Standing(String owner, String mark) {
    public static final Standing NOBODYS = new Standing(null, null);
  }
}
