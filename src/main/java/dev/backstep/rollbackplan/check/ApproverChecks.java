package dev.backstep.rollbackplan.check;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Grants;
import dev.backstep.config.BackstepConfig;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Whether anybody may approve the levels that want it. Looked at before a run, and only there: a
 * level that is entered waits for whoever may approve by then.
 */
@ApplicationScoped
public class ApproverChecks {
  private static final String GROUP = "backstep.dev";

  private static final String NOBODY =
      """
      No RoleBinding or ClusterRoleBinding lets people approve RollbackPlan %1$s in namespace %2$s (verb approve on rollbackplans.backstep.dev, create on approvals.backstep.dev). Bind the chart's ClusterRole; who is in the group system:masters, or allowed by something other than RBAC, is not seen here:
      kubectl -n %2$s create rolebinding approvers --clusterrole=%3$s --group=GROUP
      """;

  private final Actions actions;
  private final Grants grants;
  private final BackstepConfig config;

  public ApproverChecks(Actions actions, Grants grants, BackstepConfig config) {
    this.actions = actions;
    this.grants = grants;
    this.config = config;
  }

  /** What is wrong with levels, by level; those that nothing is wrong with are not in it. */
  CompletionStage<Map<String, List<Problem>>> problems(RollbackPlan plan, RollbackPlanSpec spec) {
    var role = config.preflight().approverRole();
    var wanting = spec.levels().stream().filter(this::wantsApproval).map(Level::name).toList();
    if (role.isEmpty() || wanting.isEmpty()) {
      return CompletableFuture.completedStage(Map.of());
    }
    var name = plan.getMetadata().getName();
    var namespace = plan.getMetadata().getNamespace();
    var problem = new Problem("NobodyApproves", NOBODY.formatted(name, namespace, role.get()));
    return grants
        .nobody(namespace, rights(name))
        .thenApply(
            nobody ->
                nobody
                    ? wanting.stream().collect(Collectors.toMap(it -> it, it -> List.of(problem)))
                    : Map.of());
  }

  private boolean wantsApproval(Level level) {
    return level.approval() != null
        || level.actions().stream().anyMatch(action -> actions.traits(action).destructive());
  }

  private static List<Right> rights(String plan) {
    return List.of(
        new Right("approve", GROUP, "rollbackplans", List.of(plan)),
        new Right("create", GROUP, "approvals", List.of()));
  }
}
