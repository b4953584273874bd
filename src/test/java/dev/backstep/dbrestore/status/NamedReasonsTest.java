package dev.backstep.dbrestore.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreTransition;
import dev.backstep.condition.Conditions;
import dev.backstep.dbrestore.gather.RestoreView;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import dev.backstep.restore.Stand;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is wrong has a name that machines can tell it by: the reason of its condition. */
class NamedReasonsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static RestoreView view(List<Problem> problems, Stand stand) {
    return new RestoreView(
        null, NOW, true, Optional.ofNullable(problems), Optional.ofNullable(stand), null);
  }

  private static String reason(Says says, RestoreView view, DbRestoreStatus status, String type) {
    var conditions = new Conditions(List.of(), 1L, NOW);
    says.say(conditions, view, status);
    return conditions.list().stream()
        .filter(it -> it.getType().equals(type))
        .map(Condition::getReason)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatKeepsItFromBeginning() {
    var problems =
        List.of(new Problem("PreparedTransactions", "One."), new Problem("Slots", "Another."));

    assertThat(
            reason(
                new Readiness(),
                view(problems, null),
                DbRestoreStatus.NOTHING,
                ConditionTypes.READY))
        .isEqualTo("PreparedTransactions");
  }

  @Test
  void whyItFailed() {
    var status =
        DbRestoreStatus.NOTHING
            .with()
            .phase(RestorePhase.Failed)
            .transitions(List.of(transition("WrongChecksum")))
            .build();

    assertThat(reason(new Ends(), view(null, null), status, ConditionTypes.SUCCEEDED))
        .isEqualTo("WrongChecksum");
    assertThat(reason(new Ends(), view(null, null), status, ConditionTypes.STALLED))
        .isEqualTo("WrongChecksum");
  }

  private static RestoreTransition transition(String reason) {
    return new RestoreTransition(
        "inc-9", "claim", 1L, NOW, RestorePhase.Failed, reason, "It was not done.");
  }

  @Test
  void whatItStandsStillFor() {
    var status = DbRestoreStatus.NOTHING.with().phase(RestorePhase.Stopping).build();
    var stand =
        new Stand(
            RestorePhase.Stopping, Step.impossible("OldDropped", "It is gone."), Optional.empty());

    assertThat(reason(new Ends(), view(null, stand), status, ConditionTypes.STALLED))
        .isEqualTo("OldDropped");
  }
}
