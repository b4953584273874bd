package dev.backstep.rollbackplan;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.Choice;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Question;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.api.v1alpha1.RunBuilder;
import dev.backstep.api.v1alpha1.RunStatus;
import dev.backstep.api.v1alpha1.RunStatusBuilder;
import dev.backstep.api.v1alpha1.Symptom;
import dev.backstep.argument.Arguments;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.stable.StableRevisions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Begins runs. The order makes each wish start at most one run: first look whether the id has a
 * claim; then write the run, with a uid of its own, into the status; then make the claim, which
 * carries that uid. A process that dies in between goes on with the run its status names; a status
 * that was wiped, or a plan that was created again, finds a claim with another uid.
 */
@ApplicationScoped
public class RunStarter {
  private final Claims claims;
  private final Actions actions;
  private final Ledgers ledgers;
  private final WorkloadLookup workloads;
  private final StableRevisions stableRevisions;

  public RunStarter(
      Claims claims,
      Actions actions,
      Ledgers ledgers,
      WorkloadLookup workloads,
      StableRevisions stableRevisions) {
    this.claims = claims;
    this.actions = actions;
    this.ledgers = ledgers;
    this.workloads = workloads;
    this.stableRevisions = stableRevisions;
  }

  /** What becomes of a wish for a new run. */
  sealed interface Start {
    /** The run begins in this state. */
    record Begin(Run wish, RunStatus run, List<Hold> found) implements Start {}

    /** The id is not carried out, now and later. */
    record Refuse(String id) implements Start {}

    /** Nothing is wished, or not yet. */
    record Nothing() implements Start {}
  }

  /** What becomes of the wish in the plan's spec, while no run is open. */
  Start start(PlanView view) {
    var plan = view.plan();
    var wish = plan.getSpec().run();
    var known = view.status().run();
    if (wish == null
        || known != null && wish.id().equals(known.id())
        || view.status().refused().contains(wish.id())) {
      return triggered(view);
    }
    if (Boolean.TRUE.equals(plan.getSpec().suspend()) || !view.invalid().isEmpty()) {
      return new Start.Nothing();
    }
    return begin(view, wish);
  }

  private Start triggered(PlanView view) {
    return Triggers.due(view)
        .map(wish -> begin(view, wish))
        .filter(start -> start instanceof Start.Begin)
        .orElseGet(Start.Nothing::new);
  }

  private Start begin(PlanView view, Run wish) {
    var plan = view.plan();
    var known = view.status().run();
    var name = Claims.name(plan, wish.id());
    var claim = claims.find(plan.getMetadata().getNamespace(), name);
    if (known == null && claim.filter(it -> madeBy(plan, it)).isPresent()) {
      // Whatever is wished now: what the run holds must not be forgotten.
      return new Start.Begin(
          wish, lost(plan, claim.get(), name, view.now()), ledgers.found(plan, claim.get().plan()));
    }
    return claim.isPresent() || refusal(plan.getSpec(), wish) != null
        ? new Start.Refuse(wish.id())
        : new Start.Begin(
            wish,
            fresh(plan, wish, name, view.now()),
            known == null ? ledgers.found(plan, plan.getSpec()) : List.of());
  }

  private static boolean madeBy(RollbackPlan plan, Claim claim) {
    return claim.planUid().equals(plan.getMetadata().getUid());
  }

  /** Why a wish for a new run cannot be carried out as it is written; null: it can. */
  public static String refusal(RollbackPlanSpec plan, Run wish) {
    if (wish.state() != Run.State.Running && wish.state() != Run.State.Paused) {
      return "a new run must have state Running, this one has " + wish.state() + ".";
    }
    var levels = levels(plan, wish);
    if (levels.isEmpty()) {
      return "the plan has no symptom " + wish.symptom() + ".";
    }
    var wrong = Arguments.problems(plan, wish, levels);
    return wrong.isEmpty() ? null : String.join("; ", wrong) + ".";
  }

  /** The levels that a wish means; empty: it names a symptom that the plan does not have. */
  static List<String> levels(RollbackPlanSpec plan, Run wish) {
    return wish.levels() != null
        ? wish.levels()
        : plan.symptomNamed(wish.symptom()).map(Symptom::levels).orElse(List.of());
  }

  private static RunStatus fresh(RollbackPlan plan, Run wish, String claim, Instant now) {
    return run(plan.getSpec(), wish, claim, now)
        .uid(UUID.randomUUID().toString())
        .seq(1L)
        .phase(Phase.Pending)
        .reason(Reasons.RUN_STARTED)
        .message(wish.requestedBy() + " asked for the run: " + wish.reason())
        .build();
  }

  /** The status was wiped while a run's claim is there: it may have acted, so a human looks. */
  private static RunStatus lost(RollbackPlan plan, Claim claim, String name, Instant now) {
    var seq = now.getEpochSecond();
    var message =
        "The record of this run was lost (its status was wiped), but it was begun before. It is not"
            + " carried out again by itself. Look at what it left behind (annotation "
            + Annotations.MARK
            + " starting with "
            + name
            + "), then answer Accept to end it, and start a new run with a new id.";
    return run(claim.plan(), claim.plan().run(), name, now)
        .uid(claim.runUid())
        .seq(seq)
        .phase(Phase.AwaitingAnswer)
        .reason(Reasons.STATUS_LOST)
        .message(message)
        .question(
            new Question(
                "q-" + seq, Reasons.STATUS_LOST, message, List.of(Choice.Accept), now, null))
        .build();
  }

  private static RunStatusBuilder run(RollbackPlanSpec plan, Run wish, String claim, Instant now) {
    var climbed = levels(plan, wish);
    var levels =
        plan.levels().stream()
            .filter(level -> climbed.contains(level.name()))
            .map(level -> LevelStatus.waiting(level.name()))
            .toList();
    return RunStatusBuilder.builder()
        .id(wish.id())
        .claim(claim)
        .active(true)
        .requestedBy(wish.requestedBy())
        .mode(wish.mode())
        .symptom(wish.symptom())
        .since(wish.since())
        .levels(levels)
        .startedAt(now)
        .phaseSince(now);
  }

  /**
   * Makes sure that the run in the status has its claim.
   *
   * @return false when another run has it: this one must not act
   */
  boolean claimed(PlanView view) {
    var plan = view.plan();
    var run = view.status().run();
    var namespace = plan.getMetadata().getNamespace();
    var known = claims.find(namespace, run.claim());
    if (known.isPresent()) {
      return known.get().runUid().equals(run.uid());
    }
    var defined = plan.getSpec().levels().stream().map(Level::name).toList();
    if (!run.levels().stream().allMatch(level -> defined.contains(level.name()))) {
      // The plan was edited between the run's first write and its claim.
      return false;
    }
    var pinned = Arguments.resolve(plan.getSpec(), wish(plan, run)).withRun(wish(plan, run));
    var baseline = stableRevisions.baseline(namespace, actions.targets(plan.getSpec()), workloads);
    var made =
        claims.create(
            plan,
            run.claim(),
            new Claim(
                plan.getMetadata().getUid(),
                run.uid(),
                plan.getMetadata().getGeneration(),
                pinned,
                baseline));
    return made.runUid().equals(run.uid());
  }

  /** What was wished, also of a run that a trigger started. */
  private static Run wish(RollbackPlan plan, RunStatus run) {
    var wish = plan.getSpec().run();
    return wish != null && wish.id().equals(run.id()) && !automatic(run)
        ? wish
        : RunBuilder.builder()
            .id(run.id())
            .reason(run.message())
            .requestedBy(run.requestedBy())
            .symptom(run.symptom())
            .levels(
                run.symptom() == null
                    ? run.levels().stream().map(LevelStatus::name).toList()
                    : null)
            .mode(run.mode())
            .entry(Run.Entry.IfUnhealthy)
            .state(Run.State.Running)
            .build();
  }

  private static boolean automatic(RunStatus run) {
    return run.requestedBy().startsWith(RunSnapshot.AUTOMATIC);
  }
}
