package dev.backstep.gitops;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.gitops.Deployers.Seen;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Has deployers leave alone what they deploy, until that is given back. */
@ApplicationScoped
public class HoldDeployers implements ActionExecutor<GitOps> {
  /** They are not watched. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  /** Whoever deploys the deployer itself puts it back by then: two rounds of self-heal. */
  private static final Duration PROVEN = Duration.ofSeconds(10);

  private static final String ABSENT =
      "%s does not exist, or its kind is not installed. Correct spec.gitOps, or create it.";
  private static final String HIDDEN =
      "The operator may not see %s: %s Give it the right to get %s in namespace %s.";

  private final Deployers deployers;
  private final Returning returning;

  public HoldDeployers(Deployers deployers, Returning returning) {
    this.deployers = deployers;
    this.returning = returning;
  }

  @Override
  public Class<GitOps> type() {
    return GitOps.class;
  }

  @Override
  public Traits traits(GitOps gitOps) {
    return Traits.SHARED_HOLD;
  }

  @Override
  public List<Right> rights(GitOps gitOps, ActionScope scope) {
    return deployers.named(gitOps).stream().map(HoldDeployers::right).toList();
  }

  private static Right right(Deployer deployer) {
    var resource = deployer.kind().resource();
    return new Right("patch", resource.getGroup(), resource.getPlural(), List.of(deployer.name()))
        .in(deployer.namespace());
  }

  @Override
  public CompletionStage<List<Problem>> preflight(GitOps gitOps, ActionScope scope) {
    return CompletableFuture.completedStage(
        deployers.named(gitOps).stream()
            .flatMap(deployer -> problem(deployer, deployers.see(deployer)).stream())
            .toList());
  }

  private static Optional<Problem> problem(Deployer deployer, Seen seen) {
    if (seen instanceof Seen.Hidden hidden) {
      var why =
          HIDDEN.formatted(
              deployer, Sentences.of(hidden.why()), deployer.resource(), deployer.namespace());
      return Optional.of(new Problem("DeployerNotSeen", why));
    }
    return seen instanceof Seen.Absent
        ? Optional.of(new Problem("DeployerAbsent", ABSENT.formatted(deployer)))
        : Optional.empty();
  }

  @Override
  public CompletionStage<Step> next(GitOps gitOps, ActionScope scope) {
    var patches = new ArrayList<ObjectPatch>();
    var contested = new ArrayList<Deployer>();
    var waits = new ArrayList<String>();
    var named = deployers.named(gitOps);
    for (var deployer : named) {
      var seen = deployers.see(deployer);
      var problem = problem(deployer, seen);
      if (seen instanceof Seen.There there) {
        var taking = new Taking(deployer, there, scope);
        var kept = taking.switchesOff() ? kept(deployer, there, named) : Optional.<Step>empty();
        if (kept.isPresent()) {
          return kept.get().now();
        }
        taking.patch().ifPresent(patches::add);
        if (taking.contested()) {
          contested.add(deployer);
        }
        waits(deployer, there, named, scope).ifPresent(waits::add);
      } else if (scope.held(deployer.target()).isEmpty() || seen instanceof Seen.Hidden) {
        return Step.impossible(problem.orElseThrow().reason(), problem.orElseThrow().message())
            .now();
      }
    }
    return step(patches, contested, waits).now();
  }

  /** What would be on again with the next round of somebody else is not switched off. */
  private Optional<Step> kept(Deployer deployer, Seen.There there, List<Deployer> named) {
    return deployers
        .keeping(deployer, there.object(), named)
        .map(by -> Step.of(new Work.Contested(deployer.kept(by))));
  }

  private static Step step(
      List<ObjectPatch> patches, List<Deployer> contested, List<String> waits) {
    if (!patches.isEmpty()) {
      var step = Step.todo(patches);
      return contested.isEmpty() ? step : step.changedBack(switchedOn(contested));
    }
    return waits.isEmpty()
        ? Step.done("Whoever deploys what the plan changes leaves it alone.")
        : Step.of(new Work.Rolling(String.join(" ", waits), LOOK_AGAIN));
  }

  private static String switchedOn(List<Deployer> contested) {
    return "Somebody else, such as an ApplicationSet, switched on again: %s."
        .formatted(contested.stream().map(Deployer::toString).collect(Collectors.joining(", ")));
  }

  /** What has to pass before it is safe to change what the deployer deploys; empty: nothing. */
  private Optional<String> waits(
      Deployer deployer, Seen.There there, List<Deployer> named, ActionScope scope) {
    return deployer
        .kind()
        .underWay(there.json())
        .filter(
            what -> deployer.kind().patience().map(it -> within(it, deployer, scope)).orElse(true))
        .map(what -> "%s: %s.".formatted(deployer, what))
        .or(() -> above(deployer, there, named, scope));
  }

  /** True for so long after it was taken. */
  private static boolean within(Duration time, Deployer deployer, ActionScope scope) {
    return scope
        .held(deployer.target())
        .filter(hold -> scope.now().isBefore(hold.since().plus(time)))
        .isPresent();
  }

  private Optional<String> above(
      Deployer deployer, Seen.There there, List<Deployer> named, ActionScope scope) {
    return within(PROVEN, deployer, scope)
        ? deployers
            .above(deployer, there.object(), named)
            .map(
                above ->
                    "%s: it is seen for %d s whether %s switches it on again."
                        .formatted(deployer, PROVEN.toSeconds(), above))
        : Optional.empty();
  }

  /** What others hold stays off; the last one gives it back. */
  @Override
  public CompletionStage<Step> back(GitOps gitOps, Taken taken, ActionScope scope) {
    return returning.of(deployers.named(gitOps), taken.held(), scope).now();
  }
}
