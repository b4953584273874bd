package dev.backstep.rollbackplan.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.PastEffects;
import dev.backstep.action.PastEffects.LostException;
import dev.backstep.action.Taken;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.claim.Claim;
import dev.backstep.effect.Images;
import dev.backstep.effect.Owners;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.rollbackplan.claim.PlanClaims;
import dev.backstep.runbook.Holds;
import dev.backstep.runbook.Preparing;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.Stopping;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Looks at targets for what is left to do of what a run is at. */
@ApplicationScoped
public class Looker {
  private static final Step NOTHING = Step.done("There is nothing to do.");

  private final Actions actions;
  private final Owners owners;
  private final PlanClaims claims;
  private final Images images;
  private final Reversals reversals;
  private final ComingBack comingBack;

  public Looker(
      Actions actions,
      Owners owners,
      PlanClaims claims,
      Images images,
      Reversals reversals,
      ComingBack comingBack) {
    this.actions = actions;
    this.owners = owners;
    this.claims = claims;
    this.images = images;
    this.reversals = reversals;
    this.comingBack = comingBack;
  }

  /** What is left; empty: nothing is due in this phase, or an effect is under way. */
  Optional<CompletionStage<Step>> look(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    if (snapshot.run().intent() != null) {
      return Optional.empty();
    }
    return switch (snapshot.run().phase()) {
      case Acting -> acting(snapshot, scopes);
      case Aborting -> stopping(snapshot, scopes);
      case Soaking -> Optional.of(overwritten(snapshot, scopes));
      case Releasing ->
          Optional.of(
              snapshot.holds().isEmpty()
                  ? comingBack.released(snapshot, scopes).now()
                  : release(snapshot.holds(), snapshot, scopes));
      case Undoing -> Optional.of(undo(snapshot, scopes));
      default -> Optional.empty();
    };
  }

  private Optional<CompletionStage<Step>> acting(
      RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    if (snapshot.allActed()) {
      var holds = Holds.putBackNow(snapshot);
      return holds.isEmpty() ? Optional.empty() : Optional.of(release(holds, snapshot, scopes));
    }
    return Stopping.isDue(snapshot)
        ? stopping(snapshot, scopes)
        : Optional.of(next(snapshot.action(), snapshot, scopes));
  }

  /** What the action that the run is at, and goes on without, has going on. */
  private Optional<CompletionStage<Step>> stopping(
      RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    if (!Stopping.mayGoOn(snapshot)) {
      return Optional.empty();
    }
    var action = snapshot.action();
    return Optional.of(actions.stop(action, scopes.apply(action)).now());
  }

  private CompletionStage<Step> next(
      Action action, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var scope = scopes.apply(action);
    var left =
        Preparing.isUnderWay(snapshot)
            ? actions.prepare(action, scope)
            : actions.next(action, scope);
    return left.thenApply(
        step ->
            owners.own(
                step,
                scope.namespace(),
                snapshot.run().claim(),
                action.name(),
                !actions.traits(action).shared()));
  }

  /** What somebody else changed of what the level had done. */
  private CompletionStage<Step> overwritten(
      RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var done = snapshot.levelStatus().actions();
    return overwritten(
        snapshot.level().actions().stream()
            .filter(action -> succeeded(done, action))
            .filter(action -> action.holdUntil() != Action.HoldUntil.LevelActed)
            .iterator(),
        new LinkedHashMap<>(),
        snapshot,
        scopes);
  }

  /** One action after the other; with what is left to do of those before, by their names. */
  private CompletionStage<Step> overwritten(
      Iterator<Action> actions,
      Map<String, String> left,
      RunSnapshot snapshot,
      Function<Action, ActionScope> scopes) {
    if (!actions.hasNext()) {
      var names = List.copyOf(left.keySet());
      var work = new Work.Overwritten(names, String.join(" ", left.values()));
      return (left.isEmpty() ? NOTHING : Step.of(work)).now();
    }
    var action = actions.next();
    return next(action, snapshot, scopes)
        .thenCompose(
            step -> {
              if (step.work() instanceof Work.ToDo todo) {
                left.put(action.name(), todo.message());
              }
              return overwritten(actions, left, snapshot, scopes);
            });
  }

  private static boolean succeeded(List<ActionStatus> done, Action action) {
    return done.stream()
        .anyMatch(
            status ->
                status.name().equals(action.name())
                    && status.outcome() == ActionStatus.Outcome.Succeeded
                    && !status.applied().isEmpty());
  }

  private CompletionStage<Step> release(
      List<Hold> held, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var given = Holds.together(held);
    var first = given.get(0);
    var own = first.claim().equals(snapshot.run().claim());
    var namespace = anyScope(snapshot, scopes).namespace();
    var plan =
        own
            ? snapshot.plan()
            : claims.find(namespace, first.claim()).map(Claim::pinned).orElse(null);
    return Stream.ofNullable(plan)
        .flatMap(it -> it.allActions().filter(named(first.action())))
        .findFirst()
        .map(action -> back(action, first.claim(), given, snapshot, scopes))
        .orElseGet(() -> Step.impossible("RecordLost", unknown(first)).now());
  }

  private static String unknown(Hold hold) {
    return "the record of run %s, which holds %s, was deleted, so nobody knows how it is given back. Do it by hand (it was %s)."
        .formatted(hold.run(), hold.target(), hold.original());
  }

  private CompletionStage<Step> back(
      Action action,
      String claim,
      List<Hold> held,
      RunSnapshot snapshot,
      Function<Action, ActionScope> scopes) {
    var status = snapshot.status(claim, action.name());
    var sent = status.map(ActionStatus::effects).orElse(List.of());
    var attempt = status.map(ActionStatus::attempt).orElse(1);
    var scope = scopes.apply(action).of(attempt, sent);
    var past = new PastEffects(images, scope.namespace(), claim, action.name(), sent);
    try {
      return actions.back(action, new Taken(held, past, scope.author(), reversals), scope);
    } catch (LostException e) {
      return Step.impossible("ImageLost", e.getMessage()).now();
    }
  }

  /** Any action's scope will do: what is given back says everything about its own action. */
  static ActionScope anyScope(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    return scopes.apply(snapshot.plan().levels().get(0).actions().get(0));
  }

  private CompletionStage<Step> undo(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var status = snapshot.undoing();
    if (status == null) {
      return comingBack.undone(snapshot, scopes).now();
    }
    var action = defined(snapshot, status);
    var claim = snapshot.run().claim();
    var held =
        snapshot.holds().stream()
            .filter(hold -> hold.claim().equals(claim) && hold.action().equals(action.name()))
            .toList();
    return back(action, claim, held, snapshot, scopes);
  }

  private static Action defined(RunSnapshot snapshot, ActionStatus status) {
    return snapshot.plan().allActions().filter(named(status.name())).findFirst().orElseThrow();
  }

  private static Predicate<Action> named(String name) {
    return action -> action.name().equals(name);
  }
}
