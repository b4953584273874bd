package dev.backstep.effect;

import dev.backstep.effect.Effector.Standing;
import dev.backstep.effect.OpenClaims.Whose;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * One owner for each target at a time. Who changes a target writes its claim on it, in the same
 * guarded patch; a claim counts while what made it is open, and while what it holds there is not
 * given back, so nothing has to be cleaned up.
 */
@ApplicationScoped
public class Owners {
  private final List<OpenClaims> kinds;
  private final Effectors effectors;

  public Owners(@All List<OpenClaims> kinds, Effectors effectors) {
    this.kinds = kinds;
    this.effectors = effectors;
  }

  /**
   * The step, as this action may take it.
   *
   * @param claim of who takes it
   * @param exclusive true: the targets are this claim's from then on
   */
  public Step own(Step step, String namespace, String claim, String action, boolean exclusive) {
    if (!(step.work() instanceof Work.ToDo todo)) {
      return step;
    }
    var taken = taken(step.effects(), namespace, claim, exclusive);
    if (taken.isPresent()) {
      return Step.of(taken.get());
    }
    var changedBack =
        step.effects().stream()
            // An action that gives back itself what it took finds its own mark there.
            .filter(effect -> effect.givesBack() == null)
            .filter(effect -> Mark.by(standing(effect).mark(), claim, action))
            .toList();
    List<? extends Effect> effects =
        exclusive
            ? step.effects().stream().map(effect -> owned(effect, claim)).toList()
            : step.effects();
    return new Step(
        new Work.ToDo(
            todo.targets(),
            todo.message() + editor(changedBack),
            Math.max(todo.changedBack(), changedBack.size()),
            todo.doubt()),
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
   * Why the effects have to wait. Targets keep the claims of those that ended: each is looked up
   * once.
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
                whose(namespace, entry.getKey(), claim)
                    .flatMap(whose -> why(whose, entry.getValue(), exclusive))
                    .stream())
        .findFirst();
  }

  private Optional<Whose> whose(String namespace, String owner, String claim) {
    return kinds.stream().flatMap(kind -> kind.whose(namespace, owner, claim).stream()).findFirst();
  }

  /** Who wants to share a target may, once the one that owned it alone is over. */
  private static Optional<Work> why(Whose whose, List<Target> targets, boolean exclusive) {
    if (whose.open().isPresent()) {
      return Optional.of(
          new Work.Owned(
              "%s belongs to %s. Wait for it or abort it."
                  .formatted(targets.get(0), whose.open().get())));
    }
    return whose.held().stream()
        .filter(held -> exclusive)
        .filter(held -> targets.stream().anyMatch(it -> it.toString().equals(held.target())))
        .filter(held -> !held.shared().getAsBoolean())
        .findFirst()
        .map(held -> new Work.Held("%s is held by %s".formatted(held.target(), held.by())));
  }
}
