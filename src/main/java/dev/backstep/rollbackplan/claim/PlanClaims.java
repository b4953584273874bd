package dev.backstep.rollbackplan.claim;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.claim.Claims;
import dev.backstep.claim.Prunable;
import dev.backstep.rollbackplan.view.PlanView;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The claims of plans' runs. */
@Singleton
public class PlanClaims extends Claims<RollbackPlanSpec> implements Prunable<RollbackPlan> {
  public PlanClaims(KubernetesClient client) {
    super(client, RollbackPlan.class, RollbackPlanSpec.class);
  }

  /**
   * The claims that nobody needs: all but the newest, newest first. Those of open and unreleased
   * runs are needed, and the one of the id that stands in the spec: without it a wiped status would
   * have it run again.
   */
  @Override
  public List<String> unneeded(RollbackPlan plan) {
    var limit = plan.getSpec().historyLimit();
    // While fewer runs are known than are kept, nobody is asked which claims there are.
    return PlanView.statusOf(plan).history().size() < limit
        ? List.of()
        : unneeded(plan, limit, needed(plan));
  }

  /** The images of a plan that nobody can use any more when it is gone, by claim. */
  @Override
  public Map<String, List<ControllerRevision>> orphaned(RollbackPlan plan) {
    return images(plan, PlanView.statusOf(plan).holds().stream().map(Hold::claim).toList());
  }

  private static Set<String> needed(RollbackPlan plan) {
    var status = PlanView.statusOf(plan);
    var held = status.holds().stream().map(Hold::claim);
    var current = Stream.ofNullable(status.run()).map(RunStatus::claim);
    var wished = Stream.ofNullable(plan.getSpec().run()).map(wish -> name(plan, wish.id()));
    return Stream.of(held, current, wished).flatMap(it -> it).collect(Collectors.toSet());
  }
}
