package dev.backstep.gitops;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.HolderLookup;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.gitops.Deployers.Seen;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is left of giving deployers back. First they are asked to compare what runs with what Git
 * has by now; where that differs, it is said, and a human is asked.
 */
@ApplicationScoped
public class Returning {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private static final String DOUBT =
      "%s was not switched on: %s. Have Git say what is to run, and answer Retry; or answer Proceed.";

  private final Deployers deployers;
  private final HolderLookup holders;

  public Returning(Deployers deployers, HolderLookup holders) {
    this.deployers = deployers;
    this.holders = holders;
  }

  /** What a look at all that is held found. */
  private static final class Found {
    private final List<ObjectPatch> comparisons = new ArrayList<>();
    private final List<String> comparing = new ArrayList<>();
    private final List<String> obstacles = new ArrayList<>();
    private final List<String> doubts = new ArrayList<>();
    private final List<ObjectPatch> back = new ArrayList<>();

    Step step() {
      if (!comparisons.isEmpty()) {
        return Step.todo(comparisons);
      }
      if (!comparing.isEmpty()) {
        return Step.of(new Work.Rolling(String.join(" ", comparing), LOOK_AGAIN));
      }
      if (back.isEmpty()) {
        return obstacles.isEmpty()
            ? Step.done("what it held is given back.")
            : Step.impossible("ReleaseBlocked", String.join(" ", obstacles));
      }
      return doubts.isEmpty()
          ? Step.todo(back)
          : Step.todo(back).doubted(new Work.Doubt(String.join(" ", doubts), false));
    }
  }

  /**
   * What is left.
   *
   * @param named the deployers that the plan names
   */
  Step of(List<Deployer> named, List<Hold> held, ActionScope scope) {
    var found = new Found();
    for (var hold : held) {
      var deployer =
          named.stream()
              .filter(it -> it.target().toString().equals(hold.target()))
              .findFirst()
              .orElseThrow();
      look(deployer, hold, scope, found);
    }
    return found.step();
  }

  private void look(Deployer deployer, Hold hold, ActionScope scope, Found found) {
    var seen = deployers.see(deployer);
    if (seen instanceof Seen.Hidden hidden) {
      found.obstacles.add("The operator may not see %s: %s".formatted(deployer, hidden.why()));
    } else if (seen instanceof Seen.There there) {
      look(deployer, there, hold, scope, found);
    } else {
      var apiVersion = deployer.ref().apiVersion();
      found.back.add(PatchBuilder.gone(hold, apiVersion, deployer.namespace()));
    }
  }

  private void look(
      Deployer deployer, Seen.There there, Hold hold, ActionScope scope, Found found) {
    var giving = new GivingBack(deployer, there, hold, holders);
    var obstacle = giving.obstacle();
    if (obstacle.isPresent()) {
      found.obstacles.add(obstacle.get() + ".");
    } else if (!giving.switchesOn() || compared(deployer, there, hold, scope, found)) {
      giving.doubt().ifPresent(why -> found.doubts.add(DOUBT.formatted(deployer, why)));
      found.back.add(giving.patch());
    }
  }

  /** True when it compared since it is to be given back, or cannot be asked to. */
  private static boolean compared(
      Deployer deployer, Seen.There there, Hold hold, ActionScope scope, Found found) {
    var comparing = deployer.kind().comparing();
    if (comparing.isEmpty()) {
      return true;
    }
    var annotation = comparing.get().annotation();
    if (Annotations.of(there.object()).containsKey(annotation)) {
      found.comparing.add("%s compares what runs with what Git has.".formatted(deployer));
      return false;
    }
    if (asked(there, hold, scope)) {
      return true;
    }
    found.comparisons.add(
        PatchBuilder.of(there.object())
            .annotate(annotation, comparing.get().value())
            .buildOnAnnotations("%s: compare what runs with what Git has".formatted(deployer)));
    return false;
  }

  /**
   * Its mark says that it was asked when this was given back, by the run that took the hold or by
   * one that took it over, and nothing says that this was in an earlier attempt.
   */
  private static boolean asked(Seen.There there, Hold hold, ActionScope scope) {
    return Optional.ofNullable(Annotations.of(there.object()).get(Annotations.MARK))
        .map(Mark::parsed)
        .filter(mark -> mark.verb() != Intent.Verb.Apply && mark.action().equals(hold.action()))
        .filter(mark -> List.of(hold.claim(), scope.claim()).contains(mark.claim()))
        .filter(mark -> scope.sent().stream().noneMatch(sent -> isBefore(mark, sent, scope)))
        .isPresent();
  }

  private static boolean isBefore(Mark mark, EffectStatus sent, ActionScope scope) {
    return sent.verb() == mark.verb()
        && sent.number() == mark.number()
        && sent.attempt() < scope.attempt();
  }
}
