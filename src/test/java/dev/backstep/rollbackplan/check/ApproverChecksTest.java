package dev.backstep.rollbackplan.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.cluster.BindingReader;
import dev.backstep.cluster.Grants;
import dev.backstep.problem.Problem;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Settings;
import dev.backstep.testing.TaskTaker;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Levels that nobody may approve, in a cluster without any binding. */
class ApproverChecksTest {
  private static final String PLAN =
      """
      gates: []
      levels:
      - {name: free, actions: [{name: web, restart: {workloads: [{kind: Deployment, name: web}]}}]}
      - {name: asked, approval: {}, actions: [{name: it, manual: {text: Do it.}}]}
      - name: destroys
        actions: [{name: clear, clearQueue: {syncControlRef: {name: orders}}}]
      """;

  private final LoopbackApi api = new LoopbackApi();

  @AfterEach
  void stop() {
    api.close();
  }

  private Map<String, List<Problem>> problems(Map<String, String> settings, String yaml) {
    var config = Settings.of(settings);
    var grants =
        new Grants(
            new BindingReader(api.client()),
            config,
            Clock.systemUTC(),
            new TaskTaker(Runnable::run));
    var actions = new MemoryCluster().complete(Actions.class);
    var plan = new RollbackPlan();
    plan.getMetadata().setName("web");
    plan.getMetadata().setNamespace("shop");
    return new ApproverChecks(actions, grants, config)
        .problems(plan, PlanYaml.spec(yaml))
        .toCompletableFuture()
        .join();
  }

  private static final Map<String, String> ON =
      Map.of("backstep.preflight.approver-role", "backstep-approver");

  @Test
  void levelsThatAskForApprovalOrDestroySomethingHaveTheProblemAndItsRemedy() {
    assertThat(problems(ON, PLAN))
        .containsOnlyKeys("asked", "destroys")
        .allSatisfy(
            (level, problems) -> {
              assertThat(problems).extracting(Problem::reason).containsExactly("NobodyApproves");
              assertThat(problems.get(0).message())
                  .contains("lets people approve RollbackPlan web in namespace shop")
                  .contains("system:masters")
                  .contains(
                      "kubectl -n shop create rolebinding approvers --clusterrole=backstep-approver --group=GROUP");
            });
  }

  @Test
  void nothingIsAskedWhereNobodyIsAskedToApprove() {
    assertThat(problems(ON, PLAN.substring(0, PLAN.indexOf("- {name: asked")))).isEmpty();
    assertThat(problems(Map.of(), PLAN)).as("switched off").isEmpty();
    assertThat(api.asked()).isEmpty();
  }
}
