package dev.backstep.rollbackplan.claim;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.effect.OpenClaims;
import dev.backstep.memory.Recent;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.rollbackplan.watch.PlanCache;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.stream.Stream;

/** The claims of plans whose runs are open, or hold something. */
@ApplicationScoped
public class PlanOpenClaims implements OpenClaims {
  private static final int REMEMBERED = 10_000;

  private final KubernetesClient client;
  private final PlanCache plans;
  private final PlanClaims claims;
  private final Actions actions;

  /** Claims of runs that were followed by others, and hold nothing: they never will again. */
  private final Recent<String, Boolean> superseded = new Recent<>(REMEMBERED);

  public PlanOpenClaims(
      KubernetesClient client, PlanCache plans, PlanClaims claims, Actions actions) {
    this.client = client;
    this.plans = plans;
    this.claims = claims;
    this.actions = actions;
  }

  @Override
  public Optional<Whose> whose(String namespace, String claim, String asking) {
    return plan(namespace, claim, asking).map(plan -> whose(plan, claim));
  }

  private Whose whose(RollbackPlan plan, String claim) {
    var open = opened(plan, claim) ? Optional.of(said(plan)) : Optional.<String>empty();
    var namespace = plan.getMetadata().getNamespace();
    var held =
        held(plan, claim)
            .map(hold -> new Held(hold.target(), said(hold, plan), () -> shared(namespace, hold)))
            .toList();
    return new Whose(open, held);
  }

  private static String said(RollbackPlan plan) {
    var run = plan.getStatus().run();
    return "run %s of RollbackPlan %s, which is open (%s)"
        .formatted(run.id(), plan.getMetadata().getName(), run.phase());
  }

  private static String said(Hold hold, RollbackPlan plan) {
    return "RollbackPlan %s (run %s, action %s: %s). Release it there first (spec.run.state: Released), or leave this action out."
        .formatted(plan.getMetadata().getName(), hold.run(), hold.action(), hold.held());
  }

  private static boolean opened(RollbackPlan plan, String claim) {
    return PlanView.runOpen(plan) && plan.getStatus().run().claim().equals(claim);
  }

  private static Stream<Hold> held(RollbackPlan plan, String claim) {
    return PlanView.statusOf(plan).holds().stream().filter(hold -> hold.claim().equals(claim));
  }

  /** The target itself says who shares it. Where the record is lost, nobody shares anything. */
  private boolean shared(String namespace, Hold hold) {
    return claims.find(namespace, hold.claim()).stream()
        .flatMap(claim -> claim.pinned().allActions())
        .filter(action -> action.name().equals(hold.action()))
        .anyMatch(action -> actions.traits(action).shared());
  }

  /**
   * The plan, another one than the one that asks, that has this claim. Holds of one plan are given
   * back last first, so they are not in each other's way.
   */
  private Optional<RollbackPlan> plan(String namespace, String claim, String asking) {
    var cached = plans.byClaim(namespace, claim);
    if (cached.isPresent()) {
      return cached.filter(plan -> !asking.equals(plan.getStatus().run().claim()));
    }
    var key = namespace + "/" + claim;
    if (superseded.get(key).isPresent()) {
      return Optional.empty();
    }
    var live = asked(namespace, claim, asking);
    if (live.isEmpty()) {
      superseded.put(key, true);
    }
    return live;
  }

  /**
   * The cache does not know the claim: its run is not its plan's last one and holds nothing, or
   * began so recently that the watch is behind. A plan has one run at a time, so the claims of the
   * plan that asks are old; of another plan the API server is asked.
   */
  private Optional<RollbackPlan> asked(String namespace, String claim, String asking) {
    return claims
        .ownerOf(namespace, claim)
        .filter(name -> claims.ownerOf(namespace, asking).filter(name::equals).isEmpty())
        .map(
            name ->
                client.resources(RollbackPlan.class).inNamespace(namespace).withName(name).get())
        .filter(plan -> opened(plan, claim) || held(plan, claim).findAny().isPresent());
  }
}
