package dev.backstep.effect;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * What is left of taking an action's effects back. Targets are gone through in the order in which
 * the action came to them: what others read goes before those who read it, in both directions.
 */
@ApplicationScoped
public class Reversals {
  private final Effectors effectors;

  public Reversals(Effectors effectors) {
    this.effectors = effectors;
  }

  /**
   * What is left.
   *
   * @param sent what was applied, oldest first
   * @param back what was sent to take it back before
   */
  public CompletionStage<Step> of(List<Sent<?>> sent, List<Sent<?>> back, Author author) {
    var groups = groups(sent).values().iterator();
    return next(groups, Step.done("there is nothing to put back."), back, author);
  }

  /** Effects on the same targets together, under the intent that came to them first. */
  private static Map<Group, List<Sent<?>>> groups(List<Sent<?>> sent) {
    var first = new LinkedHashMap<Target, Integer>();
    var groups = new LinkedHashMap<Group, List<Sent<?>>>();
    for (var one : sent) {
      var number = first.computeIfAbsent(one.effect().target(), it -> one.mark().number());
      var group = new Group(number, one.effect().getClass());
      groups.computeIfAbsent(group, it -> new ArrayList<>()).add(one);
    }
    return groups;
  }

  private record Group(int number, Class<?> sort) {}

  private CompletionStage<Step> next(
      Iterator<List<Sent<?>>> groups, Step before, List<Sent<?>> back, Author author) {
    if (!groups.hasNext()) {
      return before.now();
    }
    return reverse(groups.next(), back, author)
        .thenCompose(
            step ->
                step.work().isSettled()
                    ? next(groups, before.and(step), back, author)
                    : step.now());
  }

  @SuppressWarnings("unchecked")
  private <E extends Effect> CompletionStage<Step> reverse(
      List<Sent<?>> sent, List<Sent<?>> back, Author author) {
    var same = (List<Sent<E>>) (List<?>) sent;
    return effectors.of(same.get(0).effect()).reverse(same, back, author);
  }
}
