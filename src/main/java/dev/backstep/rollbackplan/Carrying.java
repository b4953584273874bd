package dev.backstep.rollbackplan;

import dev.backstep.action.PastEffects;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.effect.IntentRunner;
import dev.backstep.effect.Order;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.rollbackplan.claim.PlanPruning;
import dev.backstep.rollbackplan.gather.SnapshotReader;
import dev.backstep.rollbackplan.start.Pinning;
import dev.backstep.rollbackplan.start.RunStarter.Start;
import dev.backstep.rollbackplan.start.Triggers;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import dev.backstep.runbook.Decision;
import dev.backstep.runbook.Engine;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Carries out what is due of a plan: one thing, and the write that says so. */
@ApplicationScoped
public class Carrying {
  private static final int MAX_REFUSED = 20;

  private final SnapshotReader reader;
  private final Pinning pinning;
  private final IntentRunner intents;
  private final StatusWriter writer;
  private final PlanPruning pruning;
  private final PlanWakeups wakeups;
  private final Events events;

  public Carrying(
      SnapshotReader reader,
      Pinning pinning,
      IntentRunner intents,
      StatusWriter writer,
      PlanPruning pruning,
      PlanWakeups wakeups,
      Events events) {
    this.reader = reader;
    this.pinning = pinning;
    this.intents = intents;
    this.writer = writer;
    this.pruning = pruning;
    this.wakeups = wakeups;
    this.events = events;
  }

  /** The plan after what was due; empty: nothing was written, so there is only to wait. */
  Optional<RollbackPlan> out(Next next, PlanView view, UnaryOperator<RollbackPlan> put) {
    if (next instanceof Next.Begin begin) {
      return Optional.of(begin(view, begin.start(), put));
    }
    if (next instanceof Next.Refuse refuse) {
      return Optional.of(refuse(view, refuse.start(), put));
    }
    if (next instanceof Next.Claim) {
      return Optional.of(claim(view, put));
    }
    return next instanceof Next.Decided decided
        ? out(decided.decision(), view, put)
        : Optional.empty();
  }

  private Optional<RollbackPlan> out(
      Decision decision, PlanView view, UnaryOperator<RollbackPlan> put) {
    if (decision instanceof Decision.Advance advance) {
      return Optional.of(advance(view, advance, put));
    }
    if (decision instanceof Decision.Act act) {
      return Optional.of(act(view, act, put));
    }
    if (decision instanceof Decision.Preview) {
      reader.preview(view);
    }
    if (decision instanceof Decision.Close close) {
      intents.close(
          close.intent(),
          close.wanted(),
          view.snapshot().run().givenUp().map(PastEffects::known).orElse(Map.of()),
          order(view),
          () -> StatusWriter.PUT.confirm(view.plan(), put));
    }
    return Optional.empty();
  }

  /** The claim follows at once; whoever dies in between leaves a run whose claim is missing. */
  private RollbackPlan begin(PlanView view, Start.Begin begin, UnaryOperator<RollbackPlan> put) {
    var holds = Stream.concat(view.status().holds().stream(), begin.found().stream()).toList();
    var core =
        writer
            .begin(view, begin.run())
            .with()
            .holds(holds)
            .triggers(Triggers.started(view, begin.wish()))
            .build();
    var written = writer.record(view, core, null, put);
    return claim(view.written(written), put);
  }

  private RollbackPlan refuse(PlanView view, Start.Refuse refuse, UnaryOperator<RollbackPlan> put) {
    var refused =
        Stream.concat(Stream.of(refuse.id()), view.status().refused().stream())
            .limit(MAX_REFUSED)
            .toList();
    events.sayOnce(
        view.plan(), Occurrence.warning(refuse.id(), Reasons.RUN_REFUSED, refuse.message()));
    return writer.refresh(view, view.status().withRefused(refused), put);
  }

  private RollbackPlan claim(PlanView view, UnaryOperator<RollbackPlan> put) {
    var pinned = pinning.pin(view);
    if (pinned instanceof Pinning.Made) {
      return view.plan();
    }
    var why = ((Pinning.NotMade) pinned).why();
    return writer.record(
        view, view.status().withRun(failed(view.status().run(), why, view.now())), null, put);
  }

  private static RunStatus failed(RunStatus run, String why, Instant now) {
    return RunStatusBuilder.builder(run)
        .seq(run.seq() + 1)
        .phase(Phase.Failed)
        .active(false)
        .reason(Reasons.RUN_REFUSED)
        .message(why)
        .phaseSince(now)
        .endedAt(now)
        .build();
  }

  /** Begins an effect; where that cannot be done, the engine says what becomes of the run. */
  private RollbackPlan act(PlanView view, Decision.Act act, UnaryOperator<RollbackPlan> put) {
    var begun =
        intents.begin(
            act.run().intent(),
            view.effects(),
            order(view),
            intent ->
                writer.record(
                    view, view.status().withRun(act.run().withIntent(intent)), act.action(), put));
    if (begun instanceof IntentRunner.UnderWay<RollbackPlan> underWay) {
      return underWay.object();
    }
    if (begun instanceof IntentRunner.Refused<RollbackPlan> refused) {
      var instead = Engine.decide(view.snapshot().withWork(refused.work()));
      return out(instead, view, put).orElseThrow(refused::cause);
    }
    var failed = ((IntentRunner.NotKept<RollbackPlan>) begun).cause();
    return Engine.heldUp(view.snapshot(), failed.getMessage())
        .map(step -> advance(view, step, put))
        .orElseThrow(() -> failed);
  }

  private Order order(PlanView view) {
    return Order.of(
        view.plan(),
        view.snapshot().run().claim(),
        view.snapshot().plan().serviceAccountName(),
        wakeups.of(view.plan()));
  }

  private RollbackPlan advance(
      PlanView view, Decision.Advance advance, UnaryOperator<RollbackPlan> put) {
    var core =
        RollbackPlanStatusBuilder.builder(view.status())
            .run(advance.run())
            .holds(advance.holds())
            .build();
    var written = writer.record(view, core, advance.action(), put);
    if (view.snapshot().preview() != null) {
      reader.forgetPreview(view);
    }
    var intent = view.snapshot().run().intent();
    if (intent != null && advance.run().intent() == null) {
      intents.forget(intent, order(view));
    }
    if (view.runOpen() && !PlanView.runOpen(written)) {
      pruning.begin(written);
    }
    return written;
  }
}
