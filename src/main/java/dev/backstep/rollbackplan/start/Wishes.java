package dev.backstep.rollbackplan.start;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Symptom;
import dev.backstep.argument.Arguments;
import java.util.List;
import java.util.Optional;

/** Whether a wish for a run can be carried out as it is written, and the words where it is not. */
public final class Wishes {
  static final String USED_BEFORE = "a run of this id was begun before, under a plan of this name.";

  private Wishes() {}

  /** The levels that a wish means; empty: it names a symptom that the plan does not have. */
  public static List<String> levels(RollbackPlanSpec plan, Run wish) {
    return wish.levels() != null
        ? wish.levels()
        : plan.symptomNamed(wish.symptom()).map(Symptom::levels).orElse(List.of());
  }

  /** Why it cannot be carried out; empty: it can. */
  static Optional<String> mistake(RollbackPlanSpec plan, Run wish) {
    if (wish.state() != Run.State.Running && wish.state() != Run.State.Paused) {
      return Optional.of(
          "a new run must have state Running, this one has %s.".formatted(wish.state()));
    }
    var levels = levels(plan, wish);
    if (levels.isEmpty()) {
      return Optional.of("the plan has no symptom %s.".formatted(wish.symptom()));
    }
    var wrong = Arguments.problems(plan, wish, levels);
    return wrong.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", wrong) + ".");
  }

  /** Why a run is not carried out, as far as it shows now. */
  public static String refused(RollbackPlanSpec plan, Run wish) {
    return refused(
        wish,
        mistake(plan, wish)
            .orElse(
                "a run of this id was begun before under a plan of this name, or another run was open when it was asked for."));
  }

  /** That a run is not carried out. */
  public static String refused(Run wish, String why) {
    return "Run %s is not carried out: %s Use a new id.".formatted(wish.id(), why);
  }
}
