package dev.backstep.rollbackplan.start;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Question;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.claim.Claim;
import dev.backstep.claim.Claims;
import dev.backstep.cluster.Annotations;
import dev.backstep.rollbackplan.claim.Ledgers;
import dev.backstep.rollbackplan.claim.PlanClaims;
import dev.backstep.rollbackplan.view.PlanView;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Begins runs. The order makes each wish start at most one run: first look whether the id has a
 * claim; then write the run, with a uid of its own, into the status; then make the claim, which
 * carries that uid. A process that dies in between goes on with the run its status names; a status
 * that was wiped, or a plan that was created again, finds a claim with another uid.
 */
@ApplicationScoped
public class RunStarter {
  private final PlanClaims claims;
  private final Ledgers ledgers;

  public RunStarter(PlanClaims claims, Ledgers ledgers) {
    this.claims = claims;
    this.ledgers = ledgers;
  }

  /** What becomes of a wish for a new run. */
  public sealed interface Start {
    /** The run begins in this state. */
    record Begin(Run wish, RunStatus run, List<Hold> found) implements Start {}

    /** The id is not carried out, now and later. */
    record Refuse(String id, String message) implements Start {}

    /** Nothing is wished, or not yet. */
    record Nothing() implements Start {}
  }

  /** What becomes of the wish in the plan's spec. */
  public Start start(PlanView view) {
    var wish = view.plan().getSpec().run();
    if (view.plan().isMarkedForDeletion()) {
      return view.status().run() == null ? forgotten(view) : new Start.Nothing();
    }
    if (wish == null || known(view, wish)) {
      return view.runOpen() ? new Start.Nothing() : triggered(view);
    }
    if (view.runOpen()) {
      return refuse(
          wish,
          "run %s is open, and a run is not queued: it would begin by surprise."
              .formatted(view.status().run().id()));
    }
    return waiting(view).isPresent() ? new Start.Nothing() : begin(view, wish);
  }

  /** A plan that goes gives back what its targets say it holds, also when its status was wiped. */
  private Start forgotten(PlanView view) {
    var plan = view.plan();
    var found = ledgers.found(plan, plan.getSpec());
    return found.stream()
        .map(Hold::claim)
        .flatMap(name -> claims.find(plan.getMetadata().getNamespace(), name).stream())
        .findFirst()
        .<Start>map(
            claim -> new Start.Begin(claim.pinned().run(), lost(plan, claim, view.now()), found))
        .orElseGet(Start.Nothing::new);
  }

  /** True when the wish was carried out or refused before, or is being carried out. */
  private boolean known(PlanView view, Run wish) {
    var run = view.status().run();
    return run != null && wish.id().equals(run.id())
        || view.status().refused().contains(wish.id())
        || leftOver(view, wish);
  }

  /** A wish that was carried out stays in the spec while triggers start runs. */
  private boolean leftOver(PlanView view, Run wish) {
    var run = view.status().run();
    return run != null
        && Pinning.automatic(run)
        && claim(view.plan(), wish)
            .filter(claim -> madeBy(view.plan(), claim))
            .filter(claim -> sameWish(claim.pinned().run(), wish))
            .isPresent();
  }

  /** Apart from what may be changed under one id. */
  private static boolean sameWish(Run one, Run other) {
    return request(one).equals(request(other));
  }

  private static Run request(Run wish) {
    return wish.with().state(null).stateBy(null).answer(null).cause(null).build();
  }

  /** Why a wish for a new run is not carried out yet; empty: it is, or there is none. */
  public Optional<String> waiting(PlanView view) {
    var plan = view.plan();
    var wish = plan.getSpec().run();
    if (wish == null || view.runOpen() || plan.isMarkedForDeletion() || known(view, wish)) {
      return Optional.empty();
    }
    if (PlanView.suspended(plan)) {
      return Optional.of(
          "Run %s waits, because spec.suspend is true. It begins when that is false: kubectl -n %s patch rollbackplan %s --type=merge -p '{\"spec\":{\"suspend\":false}}'"
              .formatted(
                  wish.id(), plan.getMetadata().getNamespace(), plan.getMetadata().getName()));
    }
    return view.invalid().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Run %s waits, because the plan has a mistake (condition Ready). It begins when the plan is corrected."
                .formatted(wish.id()));
  }

  private Start triggered(PlanView view) {
    return Triggers.due(view)
        .map(wish -> begin(view, wish))
        .filter(start -> start instanceof Start.Begin)
        .orElseGet(Start.Nothing::new);
  }

  private Optional<Claim<RollbackPlanSpec>> claim(RollbackPlan plan, Run wish) {
    return claims.find(plan.getMetadata().getNamespace(), Claims.name(plan, wish.id()));
  }

  private Start begin(PlanView view, Run wish) {
    var plan = view.plan();
    var before = view.status().run();
    var name = Claims.name(plan, wish.id());
    var claim = claims.read(plan.getMetadata().getNamespace(), name);
    if (before == null && claim.filter(it -> madeBy(plan, it)).isPresent()) {
      // Whatever is wished now: what the run holds must not be forgotten.
      return new Start.Begin(
          wish, lost(plan, claim.get(), view.now()), ledgers.found(plan, claim.get().pinned()));
    }
    if (claim.isPresent()) {
      return refuse(wish, Wishes.USED_BEFORE);
    }
    return Wishes.mistake(plan.getSpec(), wish)
        .<Start>map(mistake -> refuse(wish, mistake))
        .orElseGet(
            () ->
                new Start.Begin(
                    wish,
                    fresh(plan, wish, name, view.now()),
                    before == null ? ledgers.found(plan, plan.getSpec()) : List.of()));
  }

  private static Start refuse(Run wish, String why) {
    return new Start.Refuse(wish.id(), Wishes.refused(wish, why));
  }

  private static boolean madeBy(RollbackPlan plan, Claim<RollbackPlanSpec> claim) {
    return claim.ownerUid().equals(plan.getMetadata().getUid());
  }

  private static RunStatus fresh(RollbackPlan plan, Run wish, String claim, Instant now) {
    return run(plan.getSpec(), wish, claim, now)
        .uid(UUID.randomUUID().toString())
        .seq(1L)
        .phase(Phase.Pending)
        .reason(Reasons.RUN_STARTED)
        .message("%s asked for the run: %s".formatted(wish.requestedBy(), wish.reason()))
        .build();
  }

  /** The status was wiped while a run's claim is there: it may have acted, so a human looks. */
  private static RunStatus lost(RollbackPlan plan, Claim<RollbackPlanSpec> claim, Instant now) {
    var name = Claims.name(plan, claim.pinned().run().id());
    var seq = now.getEpochSecond();
    var message =
        "The record of this run was lost (its status was wiped), but it was begun before. It is not carried out again by itself. Look at what it left behind (annotation %s starting with %s), then answer Accept to end it, and start a new run with a new id."
            .formatted(Annotations.MARK, name);
    return run(claim.pinned(), claim.pinned().run(), name, now)
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
    var climbed = Wishes.levels(plan, wish);
    var levels =
        plan.levels().stream()
            .filter(level -> climbed.contains(level.name()))
            .map(level -> LevelStatus.waiting(level.name()))
            .toList();
    return RunStatusBuilder.builder()
        .id(wish.id())
        .claim(claim)
        .records(RunStatus.RECORDS)
        .active(true)
        .requestedBy(wish.requestedBy())
        .mode(wish.mode())
        .symptom(wish.symptom())
        .since(wish.since())
        .levels(levels)
        .startedAt(now)
        .phaseSince(now);
  }
}
