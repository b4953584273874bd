package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.condition.Conditions;
import dev.backstep.journal.Journal;
import dev.backstep.rollbackplan.view.PlanView;
import java.util.List;
import java.util.function.BiFunction;

/** What is kept, and what could not be: StableRecorded, JournalWritten. */
final class Records implements Says {
  private final BiFunction<String, List<Transition>, Journal.State> journal;

  /**
   * @param journal how far the journal is with the transitions of the plan with this uid
   */
  Records(BiFunction<String, List<Transition>, Journal.State> journal) {
    this.journal = journal;
  }

  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    var candidate = core.stableCandidate();
    if (candidate != null && candidate.problem() != null) {
      conditions.say(
          ConditionTypes.STABLE_RECORDED, false, Reasons.STABLE_TOO_LARGE, candidate.problem());
    }
    switch (journal.apply(view.plan().getMetadata().getUid(), core.transitions())) {
      case NONE -> {}
      case WRITING -> conditions.keep(ConditionTypes.JOURNAL_WRITTEN, "Writing", "Being written.");
      case WRITTEN ->
          conditions.say(
              ConditionTypes.JOURNAL_WRITTEN,
              true,
              Reasons.JOURNAL_UP_TO_DATE,
              "The journal has every step.");
      case FAILING ->
          conditions.say(
              ConditionTypes.JOURNAL_WRITTEN,
              false,
              Reasons.JOURNAL_UNAVAILABLE,
              "The journal's database does not answer. The run goes on; its steps are kept in the status and written when the database is back.");
    }
  }
}
