package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.RunStatus;
import dev.backstep.api.v1alpha1.RunStatusBuilder;
import dev.backstep.cluster.EffectRunner;
import dev.backstep.rollbackplan.RunStarter.Start;
import dev.backstep.rollbackplan.status.Commands;
import dev.backstep.runbook.Decision;
import dev.backstep.runbook.Effect;
import dev.backstep.runbook.Engine;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Gather, decide, act, report: until there is nothing to do but to wait. Each pass works on the
 * object that the write before it returned.
 */
@ApplicationScoped
public class PlanLoop {
  /** A plan that steps on and on gives the thread back now and then. */
  private static final int MAX_STEPS = 20;

  /** Nothing is waited for longer: what no event tells of is found out by looking. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private static final int MAX_REFUSED = 20;

  private final SnapshotReader reader;
  private final RunStarter starter;
  private final IntentRunner intents;
  private final StatusWriter writer;
  private final StableTracker stable;
  private final Claims claims;
  private final EffectRunner effects;
  private final PlanEvents events;

  public PlanLoop(
      SnapshotReader reader,
      RunStarter starter,
      IntentRunner intents,
      StatusWriter writer,
      StableTracker stable,
      Claims claims,
      EffectRunner effects,
      PlanEvents events) {
    this.reader = reader;
    this.starter = starter;
    this.intents = intents;
    this.writer = writer;
    this.stable = stable;
    this.claims = claims;
    this.effects = effects;
    this.events = events;
  }

  /**
   * Where a plan stands when there is nothing to do.
   *
   * @param plan the plan as last written
   * @param pause when to look again at the latest
   */
  record Rest(RollbackPlan plan, Duration pause) {}

  /** Does what is due. */
  Rest run(RollbackPlan given, UnaryOperator<RollbackPlan> put) {
    var plan = given;
    for (var step = 0; step < MAX_STEPS; step++) {
      var view = reader.read(plan);
      var next = next(view, put);
      if (next == null) {
        return rest(view, put);
      }
      plan = next;
    }
    return new Rest(plan, Duration.ofMillis(1));
  }

  /** The plan after one step; null: there is nothing to do but to wait. */
  private RollbackPlan next(PlanView view, UnaryOperator<RollbackPlan> put) {
    var begun = begin(view, put);
    if (begun != null) {
      return begun;
    }
    if (view.snapshot() == null) {
      return view.runOpen() ? claim(view, put) : null;
    }
    var decision = Engine.decide(view.snapshot());
    if (decision instanceof Decision.Advance advance) {
      return advance(view, advance, put);
    }
    if (decision instanceof Decision.Act act) {
      return intents.act(view, act, put);
    }
    if (decision instanceof Decision.Preview) {
      reader.preview(view);
    }
    if (decision instanceof Decision.Close close) {
      intents.close(view, close.intent(), close.wanted());
    }
    return null;
  }

  private RollbackPlan begin(PlanView view, UnaryOperator<RollbackPlan> put) {
    if (view.runOpen() || view.plan().isMarkedForDeletion()) {
      return null;
    }
    var start = starter.start(view);
    if (start instanceof Start.Refuse refuse) {
      return refuse(view, refuse.id(), put);
    }
    if (start instanceof Start.Begin begin) {
      var holds = Stream.concat(view.status().holds().stream(), begin.found().stream()).toList();
      var core =
          writer
              .begin(view, begin.run())
              .with()
              .holds(holds)
              .triggers(Triggers.started(view, begin.wish()))
              .build();
      return writer.step(view, core, null, put);
    }
    return null;
  }

  private RollbackPlan refuse(PlanView view, String id, UnaryOperator<RollbackPlan> put) {
    var refused =
        Stream.concat(Stream.of(id), view.status().refused().stream()).limit(MAX_REFUSED).toList();
    events.warn(
        view.plan(),
        id,
        Reasons.RUN_REFUSED,
        Commands.refused(view.plan().getSpec(), view.plan().getSpec().run()));
    return writer.refresh(view, view.status().withRefused(refused), put);
  }

  /** The run has no claim yet: it was written, and the process may have died right then. */
  private RollbackPlan claim(PlanView view, UnaryOperator<RollbackPlan> put) {
    var run = view.status().run();
    var deleting = view.plan().isMarkedForDeletion();
    if (!deleting && starter.claimed(view)) {
      claims.prune(view.plan(), view.plan().getSpec().historyLimit(), run.claim());
      return view.plan();
    }
    return writer.step(view, view.status().withRun(failed(run, view.now())), null, put);
  }

  private static RunStatus failed(RunStatus run, Instant now) {
    return RunStatusBuilder.builder(run)
        .seq(run.seq() + 1)
        .phase(Phase.Failed)
        .active(false)
        .reason(Reasons.RUN_REFUSED)
        .message(
            "The run could not make its claim: a run of this id was begun before, or the plan is"
                + " being deleted. Nothing was touched. Use a new id.")
        .phaseSince(now)
        .endedAt(now)
        .build();
  }

  private RollbackPlan advance(
      PlanView view, Decision.Advance advance, UnaryOperator<RollbackPlan> put) {
    var core =
        RollbackPlanStatusBuilder.builder(view.status())
            .run(advance.run())
            .holds(advance.holds())
            .build();
    var written = writer.step(view, core, advance.action(), put);
    if (view.snapshot().preview() != null) {
      reader.forgetPreview(view);
    }
    if (view.snapshot().effect() instanceof Effect.Report) {
      effects.forget(view.snapshot().run().intent());
    }
    return written;
  }

  private Rest rest(PlanView view, UnaryOperator<RollbackPlan> put) {
    warnOfStaleAnswer(view);
    if (view.status().phase() == Phase.AwaitingApproval && view.snapshot().preview() == null) {
      // Who approves wants to see what would be changed.
      reader.preview(view);
    }
    var tracked = stable.track(view).withTriggers(Triggers.track(view));
    var plan = writer.refresh(view, tracked, put);
    if (!PlanView.statusOf(plan).stable().equals(view.status().stable())) {
      // What is stable decides what can be carried out: look again at once.
      return new Rest(plan, Duration.ofMillis(1));
    }
    var until = view.snapshot() == null ? null : waiting(view);
    var soak = StableTracker.soakEnd(plan);
    return new Rest(
        plan,
        Stream.of(until, soak, Triggers.next(view))
            .filter(time -> time != null)
            .map(time -> Duration.between(view.now(), time))
            .map(pause -> pause.isNegative() || pause.isZero() ? Duration.ofMillis(1) : pause)
            .filter(pause -> pause.compareTo(LONGEST_WAIT) < 0)
            .min(Duration::compareTo)
            .orElse(LONGEST_WAIT));
  }

  private static Instant waiting(PlanView view) {
    return Engine.decide(view.snapshot()) instanceof Decision.Wait wait ? wait.until() : null;
  }

  private void warnOfStaleAnswer(PlanView view) {
    var wish = view.plan().getSpec().run();
    var run = view.status().run();
    var answer = wish == null ? null : wish.answer();
    if (answer == null || run == null || answer.question().equals(run.answered())) {
      return;
    }
    var open =
        run.question() == null ? "no question is open" : "the question is " + run.question().id();
    events.warn(
        view.plan(),
        run.claim() + answer.question() + answer.choice(),
        Reasons.ANSWER_STALE,
        "The answer "
            + answer.choice()
            + " to question "
            + answer.question()
            + " was not used: "
            + open
            + ", and it takes "
            + (run.question() == null ? "no answer" : run.question().choices())
            + ".");
  }
}
