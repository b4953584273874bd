package dev.backstep.rollbackplan.watch;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.resource.Watched;
import dev.backstep.rollbackplan.view.PlanView;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.stream.Stream;

/** The plans as the informer last saw them, found by more than their names. */
@ApplicationScoped
public class PlanCache implements Watched<RollbackPlan> {
  private static final String BY_CLAIM = "by-claim";

  private IndexerResourceCache<RollbackPlan> plans;

  /** Has the plans indexed, before they are watched. */
  public void prepare(EventSourceContext<RollbackPlan> context) {
    plans = context.getPrimaryCache();
    plans.addIndexer(BY_CLAIM, plan -> claims(plan).map(name -> key(plan, name)).toList());
  }

  /** The claim of its run, and those of earlier runs that still hold something. */
  public static Stream<String> claims(RollbackPlan plan) {
    var status = PlanView.statusOf(plan);
    return Stream.concat(
            Stream.ofNullable(status.run()).map(RunStatus::claim),
            status.holds().stream().map(Hold::claim))
        .distinct();
  }

  private static String key(RollbackPlan plan, String claim) {
    return plan.getMetadata().getNamespace() + "/" + claim;
  }

  /** The plan whose current or last run has this claim, or that still holds something by it. */
  public Optional<RollbackPlan> byClaim(String namespace, String claim) {
    return plans.byIndex(BY_CLAIM, namespace + "/" + claim).stream().findFirst();
  }

  @Override
  public Stream<RollbackPlan> all() {
    return plans == null ? Stream.of() : plans.list();
  }

  /** The plan with this name. */
  public Optional<RollbackPlan> byName(ResourceID id) {
    return plans.get(id);
  }
}
