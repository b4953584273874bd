package dev.backstep.rollbackplan.check;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.LevelReadiness;
import dev.backstep.argument.Arguments;
import dev.backstep.cluster.Access;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Permissions;
import dev.backstep.config.BackstepConfig;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Probes;
import dev.backstep.memory.PerObjectState;
import dev.backstep.problem.Problem;
import dev.backstep.rollbackplan.view.Checks;
import dev.backstep.rollbackplan.view.PlanView;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks everything that can be known before it is tried. */
@ApplicationScoped
public class Preflight implements PerObjectState {
  /** Into so many parts an interval is divided, for plans to have their turns. */
  private static final int SHARES = 1000;

  private final Actions actions;
  private final Probes probes;
  private final GateChecks gates;
  private final Access access;
  private final BackstepConfig config;

  /** No action may take longer to say what is in its way. */
  private static final Duration LIMIT = Duration.ofSeconds(50);

  private final Map<String, Checked> idle = new ConcurrentHashMap<>();
  private final Map<String, Written> written = new ConcurrentHashMap<>();

  public Preflight(
      Actions actions, Probes probes, GateChecks gates, Access access, BackstepConfig config) {
    this.actions = actions;
    this.probes = probes;
    this.gates = gates;
    this.access = access;
    this.config = config;
  }

  private record Written(Long generation, List<String> wrong) {}

  /**
   * @param until when the answer is too old; it is so at once when the plan or the world changed
   * @param before what was known of the same plan before
   */
  private record Checked(
      Long generation,
      String world,
      Instant until,
      CompletableFuture<Checks> checks,
      Checks before) {
    Checks known() {
      return checks.isDone() ? checks.join() : before;
    }

    boolean holds(Long nowGeneration, String nowWorld, Instant now) {
      return generation.equals(nowGeneration) && world.equals(nowWorld) && now.isBefore(until);
    }
  }

  /** What is wrong with the plan as it is written, each with its place; found once per edit. */
  public List<String> invalid(RollbackPlan plan) {
    var metadata = plan.getMetadata();
    var cached = written.get(metadata.getUid());
    if (cached == null || !cached.generation().equals(metadata.getGeneration())) {
      cached = new Written(metadata.getGeneration(), invalid(plan.getSpec()));
      written.put(metadata.getUid(), cached);
    }
    return cached.wrong();
  }

  private List<String> invalid(RollbackPlanSpec plan) {
    var gates =
        plan.gates().stream()
            .flatMap(
                gate ->
                    probes.invalid(gate).stream()
                        .map(wrong -> "spec.gates, gate " + gate.name() + ": " + wrong));
    var kept =
        plan.allActions()
            .filter(action -> action.holdUntil() == Action.HoldUntil.LevelActed)
            .filter(action -> !actions.traits(action).hold())
            .map(
                action ->
                    "spec.levels, action %s: holdUntil is for actions that keep something off"
                        .formatted(action.name()));
    return Stream.of(gates, kept, PlanRules.broken(plan).stream()).flatMap(it -> it).toList();
  }

  /**
   * What is found of every level and gate while no run is open; checked again after the configured
   * interval. A plan that an earlier process found in order has its turn somewhere in the first
   * interval, so that a process that starts does not ask for all of its plans at once.
   *
   * @param scope what gates may know without a run
   * @param whenDone called when something that was being asked is known
   * @return of what is not known yet nothing
   */
  public Checks whileIdle(
      RollbackPlan plan,
      Instant now,
      Function<Action, ActionScope> scopes,
      GateScope scope,
      Runnable whenDone) {
    var uid = plan.getMetadata().getUid();
    var generation = plan.getMetadata().getGeneration();
    var world = stableNames(plan) + " " + Annotations.of(plan).get(Annotations.REQUESTED_AT);
    var known = idle.get(uid);
    if (known != null && known.holds(generation, world, now)) {
      return answer(uid, known);
    }
    var interval = config.preflight().interval();
    if (known == null && foundInOrder(plan, now.minus(interval))) {
      var order = inOrder(plan);
      var turn = now.plus(share(uid, interval));
      idle.put(
          uid,
          new Checked(
              generation, world, turn, CompletableFuture.completedFuture(order), Checks.NOTHING));
      return order;
    }
    var before =
        known == null || !known.generation().equals(generation)
            ? Checks.NOTHING
            : answer(uid, known);
    var asked =
        ofAll(plan, Arguments.resolve(plan.getSpec(), null), scopes, scope).toCompletableFuture();
    var checked = new Checked(generation, world, now.plus(interval), asked, before);
    idle.put(uid, checked);
    if (!asked.isDone()) {
      asked.whenComplete((checks, error) -> whenDone.run());
    }
    return answer(uid, checked);
  }

  /** What the API server refused is asked again by the next pass. */
  private Checks answer(String uid, Checked checked) {
    try {
      return checked.known();
    } catch (CompletionException e) {
      idle.remove(uid, checked);
      throw e.getCause() instanceof KubernetesClientException refused ? refused : e;
    }
  }

  /** A process that has not looked yet knows what is written. */
  private Checks inOrder(RollbackPlan plan) {
    return new Checks(
        plan.getSpec().levels().stream().collect(Collectors.toMap(Level::name, level -> List.of())),
        Map.of(),
        gates.doubts(plan.getSpec().gates()));
  }

  /** True when the status says that every level of the plan as it is now could be carried out. */
  private static boolean foundInOrder(RollbackPlan plan, Instant since) {
    var status = PlanView.statusOf(plan);
    var run = status.run();
    // While a run is open the status goes with the edits of the plan, though nothing is checked.
    var checked = run == null || run.endedAt() != null && run.endedAt().isBefore(since);
    var levels = plan.getSpec().levels().stream().map(Level::name).toList();
    return checked
        && plan.getMetadata().getGeneration().equals(status.observedGeneration())
        && status.levels().stream().map(LevelReadiness::name).toList().equals(levels)
        && status.levels().stream().allMatch(it -> Boolean.TRUE.equals(it.executable()))
        && status.conditions().stream()
            .filter(it -> it.getType().equals(ConditionTypes.EXECUTABLE))
            .allMatch(it -> "True".equals(it.getStatus()));
  }

  /** A part of the interval, always the same for one plan. */
  private static Duration share(String uid, Duration interval) {
    return interval.multipliedBy(Math.floorMod(uid.hashCode(), SHARES)).dividedBy(SHARES);
  }

  private static String stableNames(RollbackPlan plan) {
    return PlanView.statusOf(plan).stable().stream()
        .map(revision -> revision.name())
        .collect(Collectors.joining(","));
  }

  @Override
  public void forget(String uid) {
    idle.remove(uid);
    written.remove(uid);
  }

  private CompletionStage<Checks> ofAll(
      RollbackPlan plan,
      RollbackPlanSpec spec,
      Function<Action, ActionScope> scopes,
      GateScope scope) {
    var permissions = permissions(plan, spec);
    var levels =
        Together.named(
            spec.levels().stream()
                .collect(Collectors.toMap(Level::name, level -> of(level, permissions, scopes))));
    return levels.thenCombine(
        gates.problems(spec.gates(), permissions, scope),
        (ofLevels, ofGates) -> new Checks(ofLevels, ofGates, gates.doubts(spec.gates())));
  }

  /** Problems of one level, checked now. */
  public CompletionStage<List<Problem>> of(
      RollbackPlan plan, RollbackPlanSpec spec, Level level, Function<Action, ActionScope> scopes) {
    return of(level, permissions(plan, spec), scopes);
  }

  private Permissions permissions(RollbackPlan plan, RollbackPlanSpec spec) {
    return access.of(plan.getMetadata().getNamespace(), spec.serviceAccountName());
  }

  private CompletionStage<List<Problem>> of(
      Level level, Permissions permissions, Function<Action, ActionScope> scopes) {
    var rights =
        level.actions().stream().flatMap(a -> actions.rights(a, scopes.apply(a)).stream()).toList();
    var denied = permissions.problems(rights);
    return Together.all(level.actions().stream().map(action -> of(action, scopes.apply(action))))
        .thenApply(
            impossible -> Stream.concat(denied.stream(), impossible.stream()).distinct().toList());
  }

  private CompletionStage<List<Problem>> of(Action action, ActionScope scope) {
    return actions
        .preflight(action, scope)
        .toCompletableFuture()
        .copy()
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .exceptionally(error -> List.of(notChecked(action, Together.cause(error))));
  }

  private static Problem notChecked(Action action, Throwable error) {
    if (error instanceof KubernetesClientException refused) {
      throw refused;
    }
    var why =
        error instanceof TimeoutException
            ? "there was no answer within %s".formatted(LIMIT)
            : String.valueOf(error.getMessage());
    return new Problem(
        "NotChecked",
        "It could not be found out whether action %s can be carried out: %s. See to it that what it works on answers."
            .formatted(action.name(), why));
  }
}
