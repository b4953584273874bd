package dev.backstep.rollbackplan.view;

import dev.backstep.problem.Problem;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a preflight found.
 *
 * @param levels what keeps levels from being carried out, by level
 * @param gates what keeps gates from being measured, by gate; those that are measured all the time
 *     say it themselves, but for rights that are missing
 * @param doubts what may not be meant as it is written, in sentences
 */
public record Checks(
    Map<String, List<Problem>> levels, Map<String, List<Problem>> gates, List<String> doubts) {
  /** Nothing was found, or nothing was looked at. */
  public static final Checks NOTHING = new Checks(Map.of(), Map.of(), List.of());

  /** True when nothing keeps a level from acting or a gate from being measured. */
  public boolean inOrder() {
    return gates.isEmpty() && levels.values().stream().allMatch(List::isEmpty);
  }

  /** The same, with more doubts. */
  public Checks doubting(List<Problem> more) {
    var all = Stream.concat(doubts.stream(), more.stream().map(Problem::message)).toList();
    return new Checks(levels, gates, all);
  }

  /** Of levels alone. */
  public static Checks of(Map<String, List<Problem>> levels) {
    return new Checks(levels, Map.of(), List.of());
  }
}
