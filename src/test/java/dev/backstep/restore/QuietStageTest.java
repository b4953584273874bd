package dev.backstep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.api.v1alpha1.restore.Quiesce;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.effect.Images;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Those who write are waited for, but not without end. */
class QuietStageTest {
  private static final Work ENDING = new Work.Rolling("Deployment web has 1 pod that ends.");

  private static final DbRestoreAction RESTORE =
      new DbRestoreAction(
          new DatabaseTarget(null, new DatabaseTarget.Sqlite("data", "shop.db", null)),
          null,
          new Quiesce(null, List.of(new WorkloadRef(WorkloadKind.Deployment, "web")), "30s"),
          null,
          List.of(),
          null);

  /** What action scale says of the pods. */
  private record Pods(Work left) implements ActionExecutor<Scale> {
    @Override
    public Class<Scale> type() {
      return Scale.class;
    }

    @Override
    public CompletionStage<Step> next(Scale action, ActionScope scope) {
      return Step.of(left).now();
    }
  }

  private static ActionScope keptOff(Duration ago) {
    var scope = Scopes.of();
    var hold =
        new Hold(
            "INC-1",
            scope.claim(),
            scope.action(),
            "dbRestore",
            "Deployment",
            "web",
            "2",
            "0",
            scope.now().minus(ago));
    return scope.with().holds(List.of(hold)).build();
  }

  private static Work left(Work ofPods, ActionScope scope) {
    var actions = new Actions(List.of(new Pods(ofPods)));
    var copy = new SafetyStage(() -> actions, new Images(null, null));
    var seen = new FileSeen(RESTORE, scope, Map.of(), false, false, false, false);
    return Scopes.now(new QuietStage(() -> actions, copy).left(seen)).work();
  }

  @Test
  void whoEndsHasItsTime() {
    assertThat(left(ENDING, keptOff(Duration.ofSeconds(29)))).isEqualTo(ENDING);
  }

  @Test
  void theTimeBeginsWhenTheyAreKeptOff() {
    assertThat(left(ENDING, Scopes.of())).isEqualTo(ENDING);
  }

  @Test
  void whoDoesNotEndInTimeIsNamed() {
    var work = (Work.Impossible) left(ENDING, keptOff(Duration.ofSeconds(30)));

    assertThat(work.reason()).isEqualTo("NotQuiet");
    assertThat(work.message())
        .startsWith("Those who write to database shop.db were not off it within 30s")
        .contains("nothing was replaced", ENDING.message(), "quiesce.timeout");
  }

  /** It is waited for somebody else then, who has a time of its own. */
  @Test
  void whatIsNotAboutTheirEndIsSaidAsItIs() {
    var owned = new Work.Owned("Deployment web is owned by run INC-2 of plan other.");

    assertThat(left(owned, keptOff(Duration.ofHours(1)))).isEqualTo(owned);
  }

  @Test
  void whereNobodyIsLeftItGoesOn() {
    assertThat(left(new Work.Observed("It has none."), keptOff(Duration.ofHours(1))))
        .isEqualTo(new Work.Observed("Nobody of those who write is left."));
  }
}
