package dev.backstep.rollbackplan.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Holder;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatusBuilder;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.claim.Claim;
import dev.backstep.cluster.Records;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Images;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.rollbackplan.claim.PlanClaims;
import dev.backstep.simulation.MemoryCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What runs of plan shop did before: really done, with images and claims. */
final class PastWorld {
  static final String CLAIM = "bs-run-ours";

  private final MemoryCluster cluster;
  private final List<Hold> holds = new ArrayList<>();

  PastWorld(MemoryCluster cluster) {
    this.cluster = cluster;
  }

  /** What an action of a run with this claim may know. */
  ActionScope scope(Action action, String claim) {
    var type = cluster.bean(Actions.class).type(action);
    return Scopes.of()
        .with()
        .holder(new Holder("RollbackPlan", "web", "INC-" + claim, claim, action.name(), type))
        .now(cluster.clock().instant())
        .build();
  }

  /** Carries out everything that is left of an action, and says what its status is then. */
  ActionStatus done(RollbackPlanSpec plan, String name, String claim) {
    var action = plan.allActions().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
    var actions = cluster.bean(Actions.class);
    var effects = actions.next(action, scope(action, claim)).toCompletableFuture().join().effects();
    return ActionStatusBuilder.builder()
        .name(name)
        .attempt(1)
        .outcome(ActionStatus.Outcome.Succeeded)
        .sent(List.of(sent(effects, name, claim)))
        .build();
  }

  private EffectStatus sent(List<? extends Effect> effects, String name, String claim) {
    var owner = new Records.Owner("RollbackPlan", MemoryCluster.NAMESPACE, "shop");
    var images = cluster.bean(Images.class).keep(owner, claim, name, effects);
    for (var part = 0; part < effects.size(); part++) {
      send(effects.get(part), new Mark(claim, name, Intent.Verb.Apply, 1, part));
    }
    var now = cluster.clock().instant();
    return new EffectStatus(
        Intent.Verb.Apply, 1, 1, effects.size(), null, images, now, List.of(), null, null);
  }

  private <E extends Effect> void send(E effect, Mark mark) {
    var author = Scopes.of().author();
    var limit = cluster.clock().instant().plusSeconds(60);
    var outcome = cluster.bean(Effectors.class).of(effect).send(effect, mark, author, limit);
    if (!(outcome instanceof Outcome.Applied)) {
      throw new IllegalStateException(effect + ": " + outcome);
    }
    if (Objects.nonNull(effect.takes())) {
      holds.add(effect.takes());
    }
  }

  /** Everything that is held since then, oldest first. */
  List<Hold> holds() {
    return List.copyOf(holds);
  }

  /** A run of this plan was begun with this claim. */
  void claimed(RollbackPlanSpec plan, String claim) {
    var owner = new RollbackPlan();
    owner.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    owner.getMetadata().setName("shop");
    cluster
        .bean(PlanClaims.class)
        .create(owner, claim, new Claim<>("uid", "run", 1L, plan, Map.of()));
  }
}
