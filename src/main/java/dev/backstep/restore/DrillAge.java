package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.problem.Problem;
import dev.backstep.time.Durations;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A restore that was not tried for long may not work: a plan may want that it was. */
@ApplicationScoped
public class DrillAge {
  private final List<Drills> drills;

  public DrillAge(@All List<Drills> drills) {
    this.drills = drills;
  }

  /** What is wrong with the last drill; empty: nothing, or nobody wants one, or this is one. */
  public Optional<Problem> problem(DbRestoreAction restore, ActionScope scope) {
    var facts = scope.facts();
    if (facts.drillWithin().isEmpty() || facts.drill()) {
      return Optional.empty();
    }
    var last =
        Stream.concat(
                facts.drilledAt().stream(),
                drills.stream()
                    .flatMap(it -> it.last(scope.namespace(), restore.target()).stream()))
            .max(Comparator.naturalOrder());
    var within = facts.drillWithin().get();
    return last.filter(at -> !at.isBefore(scope.now().minus(within))).isPresent()
        ? Optional.empty()
        : Optional.of(problem(last, within, scope));
  }

  private static Problem problem(Optional<Instant> last, Duration within, ActionScope scope) {
    return new Problem(
        "DrillTooOld",
        "Action %s was %s, and the plan wants a good drill within %s (drillWithin). Run one: spec.run with mode: Drill, and inDrill: Run at the action, or by a trigger with a schedule."
            .formatted(
                scope.action(),
                last.map(at -> Durations.said(Duration.between(at, scope.now())))
                    .map("last drilled well %s ago"::formatted)
                    .orElse("never drilled well"),
                Durations.said(within)));
  }
}
