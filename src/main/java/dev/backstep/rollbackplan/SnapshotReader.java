package dev.backstep.rollbackplan;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Step;
import dev.backstep.api.v1alpha1.Action;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.api.v1alpha1.RunStatus;
import dev.backstep.cluster.EffectRunner;
import dev.backstep.cluster.Rollout;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.gate.GateSampler;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Window;
import dev.backstep.runbook.Problem;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.Streak;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Gathers what a decision needs, in one pass. */
@ApplicationScoped
public class SnapshotReader {
  /** Before anything is touched, gates are not waited for longer than this. */
  private static final Duration CHECKING_PACE = Duration.ofSeconds(15);

  private final Claims claims;
  private final Preflight preflight;
  private final Actions actions;
  private final GateSampler sampler;
  private final EffectRunner effects;
  private final WorkloadLookup workloads;
  private final Wakeups wakeups;
  private final Clock clock;

  public SnapshotReader(
      Claims claims,
      Preflight preflight,
      Actions actions,
      GateSampler sampler,
      EffectRunner effects,
      WorkloadLookup workloads,
      Wakeups wakeups,
      Clock clock) {
    this.claims = claims;
    this.preflight = preflight;
    this.actions = actions;
    this.sampler = sampler;
    this.effects = effects;
    this.workloads = workloads;
    this.wakeups = wakeups;
    this.clock = clock;
  }

  /** The plan and the world around it, now. */
  PlanView read(RollbackPlan plan) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var run = PlanView.statusOf(plan).run();
    var open = run != null && Boolean.TRUE.equals(run.active());
    return open || run != null && wantsMore(plan, run) ? running(plan, run, now) : idle(plan, now);
  }

  /** A run that ended is looked at again when it is to be released. */
  private static boolean wantsMore(RollbackPlan plan, RunStatus run) {
    return wish(plan, run) != null || deleting(plan);
  }

  private PlanView idle(RollbackPlan plan, Instant now) {
    var invalid = preflight.invalid(plan.getSpec());
    var problems = preflight.whileIdle(plan, now, action -> scope(plan, null, action, now, null));
    return new PlanView(
        plan, now, invalid, problems, measure(plan, plan.getSpec(), null), null, List.of());
  }

  private PlanView running(RollbackPlan plan, RunStatus run, Instant now) {
    var claim = claims.find(plan.getMetadata().getNamespace(), run.claim());
    if (claim.isEmpty()) {
      return idle(plan, now);
    }
    var pinned = claim.get().plan();
    Function<Action, ActionScope> scopes = action -> scope(plan, run, action, now, claim.get());
    var base = base(plan, run, pinned, now);
    var step = step(base, scopes);
    var snapshot = base.withWork(step == null ? null : step.work());
    var idleProblems =
        run.active()
            ? Map.<String, List<Problem>>of()
            : preflight.whileIdle(plan, now, action -> scope(plan, null, action, now, null));
    var problems = run.active() ? checked(plan, base, scopes) : idleProblems;
    return new PlanView(
        plan,
        now,
        preflight.invalid(plan.getSpec()),
        problems,
        snapshot.gates(),
        snapshot.withProblems(problems),
        step == null ? List.of() : step.changes());
  }

  private RunSnapshot base(RollbackPlan plan, RunStatus run, RollbackPlanSpec pinned, Instant now) {
    return new RunSnapshot(
        now,
        pinned,
        wish(plan, run),
        deleting(plan),
        run,
        plan.getStatus().holds(),
        run.active() ? measure(plan, pinned, run) : measure(plan, plan.getSpec(), null),
        Map.of(),
        null,
        effects.known(run.intent()));
  }

  /** The problems of the level that is about to act. */
  private Map<String, List<Problem>> checked(
      RollbackPlan plan, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var level = aboutToAct(snapshot);
    return level == null
        ? Map.of()
        : Map.of(level.name(), preflight.of(plan, snapshot.plan(), level, scopes));
  }

  private static Level aboutToAct(RunSnapshot snapshot) {
    var run = snapshot.run();
    if (run.phase() == Phase.Pending) {
      var first = snapshot.nextLevel().name();
      return snapshot.plan().levels().stream()
          .filter(level -> level.name().equals(first))
          .findFirst()
          .orElseThrow();
    }
    return run.phase() == Phase.Acting && run.action() == null ? snapshot.level() : null;
  }

  /** What is left of the action, or of the release, that the run is at. */
  private Step step(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var run = snapshot.run();
    if (run.intent() != null) {
      return null;
    }
    if (run.phase() == Phase.Acting) {
      return actions.next(snapshot.action(), scopes.apply(snapshot.action()));
    }
    return run.phase() == Phase.Releasing && !snapshot.holds().isEmpty()
        ? release(snapshot, scopes)
        : null;
  }

  /** Holds are given back in the opposite order, one kind after the other. */
  private Step release(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var holds = new ArrayList<>(snapshot.holds());
    Collections.reverse(holds);
    var type = holds.get(0).type();
    var same = holds.stream().filter(hold -> hold.type().equals(type)).toList();
    return actions.release(
        type, same, scopes.apply(snapshot.plan().levels().get(0).actions().get(0)));
  }

  private ActionScope scope(
      RollbackPlan plan, RunStatus run, Action action, Instant now, Claim claim) {
    return new ActionScope(
        plan.getMetadata().getNamespace(),
        run == null ? null : run.id(),
        run == null ? null : run.claim(),
        action.name(),
        actions.type(action),
        run == null || run.levelSince() == null ? now : run.levelSince(),
        claim == null ? null : claim.plan().run().since(),
        PlanView.statusOf(plan).holds(),
        PlanView.statusOf(plan).stable(),
        claim == null ? null : claim.baseline(),
        workloads);
  }

  private Map<String, Streak> measure(RollbackPlan plan, RollbackPlanSpec spec, RunStatus run) {
    var uid = plan.getMetadata().getUid();
    if (run == null && Boolean.TRUE.equals(spec.suspend()) || deleting(plan)) {
      sampler.stop(uid);
      return Map.of();
    }
    var scope =
        new GateScope(plan.getMetadata().getNamespace(), spec.serviceAccountName(), workloads);
    return sampler.measure(uid, window(plan, spec, run), scope, wakeups.of(plan));
  }

  private Window window(RollbackPlan plan, RollbackPlanSpec spec, RunStatus run) {
    if (run == null || run.measuringSince() == null) {
      var soaking = PlanView.statusOf(plan).stableCandidate() != null;
      return new Window("idle " + deployed(plan, spec), spec.gates(), null, !soaking);
    }
    return new Window(
        run.uid() + run.measuringSince(),
        spec.gates(),
        run.phase() == Phase.Checking ? CHECKING_PACE : null,
        false);
  }

  /** What is deployed: after a release, health is measured afresh. */
  private String deployed(RollbackPlan plan, RollbackPlanSpec spec) {
    if (spec.stable() == null) {
      return "";
    }
    return spec.stable().workloads().stream()
        .map(ref -> workloads.find(plan.getMetadata().getNamespace(), ref))
        .flatMap(Optional::stream)
        .map(w -> w.object().getMetadata().getGeneration() + Rollout.of(w).state().name())
        .collect(Collectors.joining(" "));
  }

  private static Run wish(RollbackPlan plan, RunStatus run) {
    var wish = plan.getSpec() == null ? null : plan.getSpec().run();
    return wish != null && wish.id().equals(run.id()) ? wish : null;
  }

  private static boolean deleting(RollbackPlan plan) {
    return plan.getMetadata().getDeletionTimestamp() != null;
  }
}
