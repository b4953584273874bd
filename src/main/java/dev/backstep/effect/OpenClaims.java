package dev.backstep.effect;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Knows whose a claim is that a target names. Each kind that owns targets has a bean of it. */
@FunctionalInterface
public interface OpenClaims {
  /**
   * Whose the targets with this claim are; empty: nobody's of this kind, or not any more.
   *
   * @param asking claim of the one that wants to know
   */
  Optional<Whose> whose(String namespace, String claim, String asking);

  /**
   * Who made a claim, as far as it counts.
   *
   * @param open who works with it, in words such as {@code run INC-1 of RollbackPlan web, which is
   *     open (Acting)}; empty: nobody any more
   * @param held what it holds still
   */
  record Whose(Optional<String> open, List<Held> held) {}

  /**
   * A target that is held.
   *
   * @param by who holds it, and how it is given back
   * @param shared true where others may work on it too; asked last, because it may have to be read
   */
  record Held(String target, String by, BooleanSupplier shared) {}
}
