package dev.backstep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.PlanFacts;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A plan may want that its restores were tried lately. */
class DrillAgeTest {
  private static final DbRestoreAction RESTORE =
      new DbRestoreAction(
          new DatabaseTarget(new Ref("orders-admin"), null), null, null, null, List.of(), null);
  private static final Instant NOW = Scopes.of().now();

  private static PlanFacts facts(Duration within, Instant drilledAt) {
    return PlanFacts.NONE
        .withDrillWithin(Optional.ofNullable(within))
        .withDrilledAt(Optional.ofNullable(drilledAt));
  }

  private static Optional<String> problem(ActionScope scope, Instant drilledBeside) {
    Drills beside =
        (namespace, target) ->
            Optional.ofNullable(drilledBeside)
                .filter(at -> namespace.equals("shop") && target.equals(RESTORE.target()));
    return new DrillAge(List.of(beside)).problem(RESTORE, scope).map(Problem::message);
  }

  @Test
  void nobodyWantsOneUnlessThePlanSaysSo() {
    assertThat(problem(Scopes.of(facts(null, null)), null)).isEmpty();
  }

  @Test
  void oneThatWasNeverDrilledIsNamed() {
    assertThat(problem(Scopes.of(facts(Duration.ofDays(30), null)), null).orElseThrow())
        .startsWith("Action back was never drilled well")
        .contains("within 30 days", "mode: Drill");
  }

  @Test
  void oneWhoseDrillIsTooOldIsNamed() {
    var old = NOW.minus(Duration.ofDays(31));

    assertThat(problem(Scopes.of(facts(Duration.ofDays(30), old)), old).orElseThrow())
        .startsWith("Action back was last drilled well 31 days 0 h ago");
  }

  @Test
  void theLastDrillCountsWhoeverDidIt() {
    var old = NOW.minus(Duration.ofDays(31));
    var good = NOW.minus(Duration.ofDays(30));

    assertThat(problem(Scopes.of(facts(Duration.ofDays(30), good)), old)).isEmpty();
    assertThat(problem(Scopes.of(facts(Duration.ofDays(30), old)), good)).isEmpty();
  }

  @Test
  void aDrillItselfIsNotKeptFromBeingDone() {
    var facts = facts(Duration.ofDays(30), null).withDrill(true);

    assertThat(problem(Scopes.of(facts), null)).isEmpty();
  }
}
