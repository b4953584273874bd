package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effector.Standing;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.resource.Recent;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/**
 * One run for each target at a time. Who changes a target writes its claim on it, in the same
 * guarded patch; a claim counts while its run is open, so nothing has to be cleaned up.
 */
@ApplicationScoped
public class Owners {
  private static final int REMEMBERED = 10_000;

  private final KubernetesClient client;
  private final PlanCache plans;
  private final Claims claims;
  private final Effectors effectors;

  /** Claims of runs that were followed by others: such a run never opens again. */
  private final Recent<String, Boolean> superseded = new Recent<>(REMEMBERED);

  public Owners(KubernetesClient client, PlanCache plans, Claims claims, Effectors effectors) {
    this.effectors = effectors;
    this.client = client;
    this.plans = plans;
    this.claims = claims;
  }

  /**
   * The step, as this run's action may take it.
   *
   * @param exclusive true: the targets are this run's from then on
   */
  Step own(Step step, String namespace, String claim, String action, boolean exclusive) {
    if (!(step.work() instanceof Work.ToDo todo)) {
      return step;
    }
    var owned = owned(step.effects(), namespace, claim);
    if (owned.isPresent()) {
      return Step.of(new Work.Owned(owned.get()));
    }
    var changedBack =
        step.effects().stream()
            .filter(effect -> Mark.by(standing(effect).mark(), claim, action))
            .toList();
    List<? extends Effect> effects =
        exclusive
            ? step.effects().stream().map(effect -> owned(effect, claim)).toList()
            : step.effects();
    return new Step(
        new Work.ToDo(todo.targets(), todo.message() + editor(changedBack), changedBack.size()),
        effects);
  }

  private <E extends Effect> Standing standing(E effect) {
    return effectors.of(effect).standing(effect);
  }

  private <E extends Effect> Effect owned(E effect, String claim) {
    return effectors.of(effect).owned(effect, claim);
  }

  private <E extends Effect> Optional<String> lastEditor(E effect) {
    return effectors.of(effect).editor(effect);
  }

  private String editor(List<? extends Effect> changedBack) {
    return changedBack.stream()
        .limit(1)
        .flatMap(effect -> lastEditor(effect).stream())
        .map(" It was changed by %s (metadata.managedFields)."::formatted)
        .findFirst()
        .orElse("");
  }

  /**
   * Why the effects have to wait. Targets keep the claims of ended runs: each is looked up once.
   */
  private Optional<String> owned(List<? extends Effect> effects, String namespace, String claim) {
    return effects.stream()
        .map(effect -> standing(effect).owner())
        .filter(owner -> owner != null && !owner.equals(claim))
        .distinct()
        .flatMap(owner -> open(namespace, owner, claim).stream())
        .findFirst()
        .map(plan -> belongs(effects, plan));
  }

  /** The plan whose open run has this claim. */
  private Optional<RollbackPlan> open(String namespace, String owner, String ours) {
    var cached = plans.byClaim(namespace, owner);
    if (cached.isPresent()) {
      return cached.filter(PlanView::runOpen);
    }
    var key = namespace + "/" + owner;
    if (superseded.get(key).isPresent()) {
      return Optional.empty();
    }
    var live = asked(namespace, owner, ours);
    if (live.isEmpty()) {
      superseded.put(key, true);
    }
    return live;
  }

  /**
   * The cache does not know the claim: its run is not its plan's last one, or began so recently
   * that the watch is behind. A plan has one run at a time, so the claims of our own plan are old;
   * of another plan the API server is asked.
   */
  private Optional<RollbackPlan> asked(String namespace, String owner, String ours) {
    return claims
        .planOf(namespace, owner)
        .filter(name -> claims.planOf(namespace, ours).filter(name::equals).isEmpty())
        .map(
            name ->
                client.resources(RollbackPlan.class).inNamespace(namespace).withName(name).get())
        .filter(PlanView::runOpen)
        .filter(plan -> plan.getStatus().run().claim().equals(owner));
  }

  private String belongs(List<? extends Effect> effects, RollbackPlan plan) {
    var run = plan.getStatus().run();
    var effect =
        effects.stream()
            .filter(it -> run.claim().equals(standing(it).owner()))
            .findFirst()
            .orElseThrow();
    return "%s belongs to run %s of RollbackPlan %s, which is open (%s). Wait for it or abort it."
        .formatted(effect.target(), run.id(), plan.getMetadata().getName(), run.phase());
  }
}
