package dev.backstep.runbook;

import java.util.Optional;

/** What humans said, by Approvals, to the manual gates and actions of a run. */
@FunctionalInterface
public interface ItemAnswers {
  /** Nobody said anything. */
  ItemAnswers NONE = item -> Optional.empty();

  /**
   * What a human said.
   *
   * @param trusted false: nobody's word counts now, and the message says why
   * @param yes done, or green
   * @param message who said so, and the comment
   */
  record ItemAnswer(boolean trusted, boolean yes, String message) {}

  /** The answer to a manual gate or action; empty: nobody answered yet. */
  Optional<ItemAnswer> of(String item);
}
