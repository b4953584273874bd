package dev.backstep.rollbackplan.check;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.LevelReadiness;
import dev.backstep.argument.Arguments;
import dev.backstep.cluster.Annotations;
import dev.backstep.config.BackstepConfig;
import dev.backstep.gate.GateScope;
import dev.backstep.memory.PerObjectState;
import dev.backstep.resource.Rechecks;
import dev.backstep.rollbackplan.view.Checks;
import dev.backstep.rollbackplan.view.PlanView;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the preflight found of plans that have no open run; it is not asked all the time. */
@ApplicationScoped
public class PreflightAtRest implements PerObjectState {
  /** Into so many parts an interval is divided, for plans to have their turns. */
  private static final int SHARES = 1000;

  private final Preflight preflight;
  private final GateChecks gates;
  private final BackstepConfig config;
  private final Map<String, Checked> known = new ConcurrentHashMap<>();

  public PreflightAtRest(Preflight preflight, GateChecks gates, BackstepConfig config) {
    this.preflight = preflight;
    this.gates = gates;
    this.config = config;
  }

  /**
   * A plan as it was checked. A wish for a run changes the generation, and beside it only the args.
   */
  private record Written(Long generation, RollbackPlanSpec spec, Map<String, String> args) {
    static Written of(RollbackPlan plan) {
      var spec = plan.getSpec();
      return new Written(
          plan.getMetadata().getGeneration(),
          spec.withRun(null),
          Arguments.values(spec, spec.run()));
    }

    boolean says(Written other) {
      return generation.equals(other.generation)
          || spec.equals(other.spec) && args.equals(other.args);
    }
  }

  /**
   * @param until when the answer is too old; it is so at once when the plan or the world changed
   * @param pause how long it is not asked about again if something is wrong
   * @param before what was known of the same plan before
   */
  private record Checked(
      Written written,
      String world,
      Instant at,
      Instant until,
      Duration pause,
      CompletableFuture<Checks> checks,
      Checks before) {
    Checks said() {
      return checks.isDone() ? checks.join() : before;
    }

    /**
     * What is being asked is awaited, however often it is wished for meanwhile, so that it comes to
     * an end. Whoever wishes for a run may have mended before what was wrong, so that is looked at.
     */
    boolean holds(Written nowWritten, String nowWorld, Instant now) {
      if (!checks.isDone()) {
        return written.says(nowWritten);
      }
      var order = foundInOrder();
      var same =
          written.generation().equals(nowWritten.generation()) || written.says(nowWritten) && order;
      return same && world.equals(nowWorld) && now.isBefore(order ? until : at.plus(pause));
    }

    private boolean foundInOrder() {
      return !checks.isCompletedExceptionally() && checks.join().inOrder();
    }
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
  public Checks of(
      RollbackPlan plan,
      Instant now,
      Function<Action, ActionScope> scopes,
      GateScope scope,
      Runnable whenDone) {
    var uid = plan.getMetadata().getUid();
    var written = Written.of(plan);
    var world = stableNames(plan) + " " + Annotations.of(plan).get(Annotations.REQUESTED_AT);
    var last = Optional.ofNullable(known.get(uid));
    if (last.filter(it -> it.holds(written, world, now)).isPresent()) {
      return answer(uid, last.get());
    }
    var interval = config.preflight().interval();
    if (last.isEmpty() && foundInOrder(plan, now.minus(interval))) {
      var order = CompletableFuture.completedFuture(inOrder(plan));
      var turn = now.plus(share(uid, interval));
      var pause = Rechecks.first(interval);
      return keep(uid, new Checked(written, world, now, turn, pause, order, Checks.NOTHING));
    }
    var again = last.filter(it -> it.written().says(written));
    var before = again.map(it -> answer(uid, it)).orElse(Checks.NOTHING);
    var pause =
        again
            .filter(it -> it.world().equals(world) && !it.foundInOrder())
            .map(it -> Rechecks.after(it.pause(), interval))
            .orElseGet(() -> Rechecks.first(interval));
    var asked = ask(plan, scopes, scope, whenDone);
    return keep(uid, new Checked(written, world, now, now.plus(interval), pause, asked, before));
  }

  private CompletableFuture<Checks> ask(
      RollbackPlan plan, Function<Action, ActionScope> scopes, GateScope scope, Runnable whenDone) {
    var spec = Arguments.resolve(plan.getSpec(), null).carriedOut();
    var asked = preflight.ofAll(plan, spec, scopes, scope).toCompletableFuture();
    if (!asked.isDone()) {
      asked.whenComplete((found, error) -> whenDone.run());
    }
    return asked;
  }

  private Checks keep(String uid, Checked checked) {
    known.put(uid, checked);
    return answer(uid, checked);
  }

  /** What the API server refused is asked again by the next pass. */
  private Checks answer(String uid, Checked checked) {
    try {
      return checked.said();
    } catch (CompletionException e) {
      known.remove(uid, checked);
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
    known.remove(uid);
  }
}
