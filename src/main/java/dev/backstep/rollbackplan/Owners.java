package dev.backstep.rollbackplan;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effector.Standing;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.resource.Recent;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One run for each target at a time. Who changes a target writes its claim on it, in the same
 * guarded patch; a claim counts while its run is open, and while what it holds there is not given
 * back, so nothing has to be cleaned up.
 */
@ApplicationScoped
public class Owners {
  private static final int REMEMBERED = 10_000;

  private final KubernetesClient client;
  private final PlanCache plans;
  private final Claims claims;
  private final Effectors effectors;
  private final Actions actions;

  /** Claims of runs that were followed by others, and hold nothing: they never will again. */
  private final Recent<String, Boolean> superseded = new Recent<>(REMEMBERED);

  public Owners(
      KubernetesClient client,
      PlanCache plans,
      Claims claims,
      Effectors effectors,
      Actions actions) {
    this.effectors = effectors;
    this.actions = actions;
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
    var taken = taken(step.effects(), namespace, claim, exclusive);
    if (taken.isPresent()) {
      return Step.of(taken.get());
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
  private Optional<Work> taken(
      List<? extends Effect> effects, String namespace, String claim, boolean exclusive) {
    var owned = new LinkedHashMap<String, List<Target>>();
    for (var effect : effects) {
      var owner = standing(effect).owner();
      if (owner != null && !owner.equals(claim)) {
        owned.computeIfAbsent(owner, it -> new ArrayList<>()).add(effect.target());
      }
    }
    return owned.entrySet().stream()
        .flatMap(
            entry ->
                plan(namespace, entry.getKey(), claim)
                    .flatMap(it -> why(it, entry.getKey(), entry.getValue(), exclusive))
                    .stream())
        .findFirst();
  }

  /** Who wants to share a target may, once the run that held it alone is over. */
  private Optional<Work> why(
      RollbackPlan plan, String owner, List<Target> targets, boolean exclusive) {
    if (opened(plan, owner)) {
      return Optional.of(new Work.Owned(belongs(targets.get(0), plan)));
    }
    return held(plan, owner)
        .filter(hold -> exclusive)
        .filter(hold -> targets.stream().anyMatch(it -> it.toString().equals(hold.target())))
        .filter(hold -> !shared(plan.getMetadata().getNamespace(), hold))
        .findFirst()
        .map(hold -> new Work.Held(holds(hold, plan)));
  }

  private static boolean opened(RollbackPlan plan, String owner) {
    return PlanView.runOpen(plan) && plan.getStatus().run().claim().equals(owner);
  }

  private static Stream<Hold> held(RollbackPlan plan, String owner) {
    return PlanView.statusOf(plan).holds().stream().filter(hold -> hold.claim().equals(owner));
  }

  /** The target itself says who shares it. Where the record is lost, nobody shares anything. */
  private boolean shared(String namespace, Hold hold) {
    return claims.find(namespace, hold.claim()).stream()
        .flatMap(claim -> claim.plan().allActions())
        .filter(action -> action.name().equals(hold.action()))
        .anyMatch(action -> actions.traits(action).shared());
  }

  /**
   * The plan, another one than ours, that has this claim. Holds of one plan are given back last
   * first, so they are not in each other's way.
   */
  private Optional<RollbackPlan> plan(String namespace, String owner, String ours) {
    var cached = plans.byClaim(namespace, owner);
    if (cached.isPresent()) {
      return cached.filter(plan -> !ours.equals(plan.getStatus().run().claim()));
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
   * The cache does not know the claim: its run is not its plan's last one and holds nothing, or
   * began so recently that the watch is behind. A plan has one run at a time, so the claims of our
   * own plan are old; of another plan the API server is asked.
   */
  private Optional<RollbackPlan> asked(String namespace, String owner, String ours) {
    return claims
        .planOf(namespace, owner)
        .filter(name -> claims.planOf(namespace, ours).filter(name::equals).isEmpty())
        .map(
            name ->
                client.resources(RollbackPlan.class).inNamespace(namespace).withName(name).get())
        .filter(plan -> opened(plan, owner) || held(plan, owner).findAny().isPresent());
  }

  private static String belongs(Target target, RollbackPlan plan) {
    var run = plan.getStatus().run();
    return "%s belongs to run %s of RollbackPlan %s, which is open (%s). Wait for it or abort it."
        .formatted(target, run.id(), plan.getMetadata().getName(), run.phase());
  }

  private static String holds(Hold hold, RollbackPlan plan) {
    return "%s is held by RollbackPlan %s (run %s, action %s: %s). Release it there first (spec.run.state: Released), or leave this action out."
        .formatted(
            hold.target(), plan.getMetadata().getName(), hold.run(), hold.action(), hold.held());
  }
}
