package dev.backstep.rollbackplan.gather;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.effect.EffectRunner;
import dev.backstep.effect.Step;
import dev.backstep.journal.Journal;
import dev.backstep.rollbackplan.check.InvalidPlans;
import dev.backstep.rollbackplan.check.PreflightAtRest;
import dev.backstep.rollbackplan.check.StopConditions;
import dev.backstep.rollbackplan.claim.Ledgers;
import dev.backstep.rollbackplan.claim.PlanClaims;
import dev.backstep.rollbackplan.scope.ActionScopes;
import dev.backstep.rollbackplan.scope.PlanConsents;
import dev.backstep.rollbackplan.view.Checks;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.RunSnapshotBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Gathers what a decision needs, in one pass. */
@ApplicationScoped
public class SnapshotReader {
  private final PlanClaims claims;
  private final InvalidPlans invalid;
  private final PreflightAtRest preflight;
  private final ActionScopes scopes;
  private final GateWindows windows;
  private final Scout scout;
  private final PlanLooks looks;
  private final LevelFacts facts;
  private final PlanConsents consents;
  private final Previews previews;
  private final EffectRunner effects;
  private final Ledgers ledgers;
  private final Journal journal;
  private final PlanWakeups wakeups;
  private final StopConditions stopConditions;
  private final Clock clock;

  public SnapshotReader(
      PlanClaims claims,
      InvalidPlans invalid,
      PreflightAtRest preflight,
      ActionScopes scopes,
      GateWindows windows,
      Scout scout,
      PlanLooks looks,
      LevelFacts facts,
      PlanConsents consents,
      Previews previews,
      EffectRunner effects,
      Ledgers ledgers,
      Journal journal,
      PlanWakeups wakeups,
      StopConditions stopConditions,
      Clock clock) {
    this.claims = claims;
    this.invalid = invalid;
    this.preflight = preflight;
    this.scopes = scopes;
    this.windows = windows;
    this.scout = scout;
    this.looks = looks;
    this.facts = facts;
    this.consents = consents;
    this.previews = previews;
    this.effects = effects;
    this.ledgers = ledgers;
    this.journal = journal;
    this.wakeups = wakeups;
    this.stopConditions = stopConditions;
    this.clock = clock;
  }

  /** The plan and the world around it, now. */
  public PlanView read(RollbackPlan plan) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var run = PlanView.statusOf(plan).run();
    return PlanView.runOpen(plan) || run != null && wantsMore(plan, run)
        ? running(plan, run, now)
        : idle(plan, now);
  }

  /** A run that ended is looked at again when it is to be released. */
  private static boolean wantsMore(RollbackPlan plan, RunStatus run) {
    return wish(plan, run) != null || plan.isMarkedForDeletion();
  }

  private PlanView idle(RollbackPlan plan, Instant now) {
    return new PlanView(
        plan,
        now,
        invalid.of(plan),
        whileIdle(plan, now),
        windows.idle(plan),
        null,
        List.of(),
        false,
        ledgers.orphans(plan));
  }

  /** A suspended plan is left alone. */
  private Checks whileIdle(RollbackPlan plan, Instant now) {
    return PlanView.suspended(plan)
        ? Checks.NOTHING
        : preflight.of(
            plan, now, scopes.of(plan, null, now, null), windows.scope(plan), wakeups.of(plan));
  }

  private PlanView running(RollbackPlan plan, RunStatus run, Instant now) {
    var claim = claims.find(plan.getMetadata().getNamespace(), run.claim());
    if (claim.isEmpty()) {
      return idle(plan, now);
    }
    var scoped = scopes.of(plan, run, now, claim.get());
    var base = base(plan, run, claim.get().pinned(), now);
    var found = looked(plan, base, scoped);
    var findings = found.orElse(Findings.NONE);
    base =
        base.with()
            .work(findings.work())
            .problems(findings.problems())
            .pins(findings.pins())
            .otherBackups(findings.otherBackups())
            .unprepared(findings.unprepared().orElse(null))
            .build();
    base = base.withHashes(facts.hashes(base));
    // After what may take long: a verdict must not be older than it looks.
    var snapshot = measured(plan, base, claim.get().atStart());
    snapshot =
        snapshot
            .with()
            .stops(stopConditions.of(snapshot))
            .consent(consents.of(plan, snapshot))
            .journalDownSince(journal.failingSince(plan.getMetadata().getUid()))
            .preview(previews.known(run.uid()))
            .build();
    return new PlanView(
        plan,
        now,
        invalid.of(plan),
        run.active() ? Checks.of(snapshot.problems()) : whileIdle(plan, now),
        snapshot.gates(),
        snapshot,
        findings.step().map(Step::effects).orElse(List.of()),
        found.isEmpty(),
        ledgers.orphans(plan));
  }

  /** What a look found out; empty while it is still under way. */
  private Optional<Findings> looked(
      RollbackPlan plan, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var run = snapshot.run();
    return looks.answer(
        plan.getMetadata().getUid(),
        "%s/%d".formatted(run.uid(), run.seq()),
        () -> scout.look(plan, snapshot, scopes),
        wakeups.of(plan));
  }

  private RunSnapshot base(RollbackPlan plan, RunStatus run, RollbackPlanSpec pinned, Instant now) {
    return RunSnapshotBuilder.builder()
        .now(now)
        .plan(pinned)
        .wish(wish(plan, run))
        .deleting(plan.isMarkedForDeletion())
        .run(run)
        .holds(plan.getStatus().holds())
        .found(run.intent() == null ? ledgers.found(plan, pinned) : List.of())
        .heldByOthers(givesBack(run) ? ledgers.others(plan, pinned) : List.of())
        .gates(Map.of())
        .problems(Map.of())
        .progress(effects.progress(plan.getMetadata().getUid(), run.intent()))
        .traits(facts.traits(pinned))
        .hashes(Map.of())
        .stops(List.of())
        .build();
  }

  private static boolean givesBack(RunStatus run) {
    return run.phase() == Phase.Releasing || run.phase() == Phase.Undoing;
  }

  private RunSnapshot measured(
      RollbackPlan plan, RunSnapshot snapshot, Map<String, JsonNode> kept) {
    if (plan.isMarkedForDeletion()) {
      return snapshot.withGates(windows.stop(plan));
    }
    return snapshot.withGates(
        snapshot.run().active()
            ? windows.running(plan, snapshot, kept, scopes.answers(plan, snapshot.run()))
            : windows.idle(plan));
  }

  /** Begins to find out what every action would change. */
  public void preview(PlanView view) {
    var run = view.snapshot().run();
    var claim = claims.find(view.plan().getMetadata().getNamespace(), run.claim()).orElseThrow();
    previews.ask(
        view.snapshot(), scopes.of(view.plan(), run, view.now(), claim), wakeups.of(view.plan()));
  }

  /** What every action would change is recorded. */
  public void forgetPreview(PlanView view) {
    previews.forget(view.snapshot().run().uid());
  }

  private static Run wish(RollbackPlan plan, RunStatus run) {
    var wish = plan.getSpec() == null ? null : plan.getSpec().run();
    return wish != null && wish.id().equals(run.id()) ? wish : null;
  }
}
