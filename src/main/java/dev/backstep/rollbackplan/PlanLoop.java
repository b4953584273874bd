package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.effect.EffectRunner;
import dev.backstep.rollbackplan.RunStarter.Start;
import dev.backstep.runbook.Decision;
import dev.backstep.runbook.Engine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Gather, decide, act, report: until there is nothing to do but to wait. Each pass works on the
 * object that the write before it returned.
 */
@ApplicationScoped
public class PlanLoop {
  /** A plan that always has something to do gives the thread back now and then. */
  private static final int MAX_PASSES = 20;

  /** The longest wait: what no event reports is found out by looking. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private static final int MAX_REFUSED = 20;

  private final SnapshotReader reader;
  private final RunStarter starter;
  private final Pinning pinning;
  private final IntentRunner intents;
  private final StatusWriter writer;
  private final StableTracker stable;
  private final Pruning pruning;
  private final EffectRunner effects;
  private final PlanEvents events;
  private final UnheardWishes wishes;
  private final UnheardAnswers answers;
  private final FailedPasses failures;

  public PlanLoop(
      SnapshotReader reader,
      RunStarter starter,
      Pinning pinning,
      IntentRunner intents,
      StatusWriter writer,
      StableTracker stable,
      Pruning pruning,
      EffectRunner effects,
      PlanEvents events,
      UnheardWishes wishes,
      UnheardAnswers answers,
      FailedPasses failures) {
    this.reader = reader;
    this.starter = starter;
    this.pinning = pinning;
    this.intents = intents;
    this.writer = writer;
    this.stable = stable;
    this.pruning = pruning;
    this.effects = effects;
    this.events = events;
    this.wishes = wishes;
    this.answers = answers;
    this.failures = failures;
  }

  /** Does what is due. */
  Rest run(RollbackPlan given, UnaryOperator<RollbackPlan> put) {
    var plan = given;
    try {
      for (var pass = 0; pass < MAX_PASSES; pass++) {
        var view = reader.read(plan);
        var written = carryOut(next(view), view, put);
        if (written.isEmpty()) {
          return rest(view, put);
        }
        plan = written.get();
      }
      return Rest.soon(plan);
    } catch (KubernetesClientException e) {
      return failures.say(plan, e, put);
    }
  }

  private Next next(PlanView view) {
    var start = starter.start(view);
    if (start instanceof Start.Refuse refuse) {
      return new Next.Refuse(refuse);
    }
    if (start instanceof Start.Begin begin) {
      return new Next.Begin(begin);
    }
    if (view.snapshot() == null) {
      return view.runOpen() ? new Next.Claim() : new Next.Wait();
    }
    return new Next.Decided(Engine.decide(view.snapshot()));
  }

  /** The plan after what was due; empty: nothing was written, so there is only to wait. */
  private Optional<RollbackPlan> carryOut(
      Next next, PlanView view, UnaryOperator<RollbackPlan> put) {
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
        ? carryOut(decided.decision(), view, put)
        : Optional.empty();
  }

  private Optional<RollbackPlan> carryOut(
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
      intents.close(view, close.intent(), close.wanted(), put);
    }
    return Optional.empty();
  }

  private RollbackPlan begin(PlanView view, Start.Begin begin, UnaryOperator<RollbackPlan> put) {
    var holds = Stream.concat(view.status().holds().stream(), begin.found().stream()).toList();
    var core =
        writer
            .begin(view, begin.run())
            .with()
            .holds(holds)
            .triggers(Triggers.started(view, begin.wish()))
            .build();
    return writer.record(view, core, null, put);
  }

  private RollbackPlan refuse(PlanView view, Start.Refuse refuse, UnaryOperator<RollbackPlan> put) {
    var refused =
        Stream.concat(Stream.of(refuse.id()), view.status().refused().stream())
            .limit(MAX_REFUSED)
            .toList();
    events.warn(view.plan(), refuse.id(), Reasons.RUN_REFUSED, refuse.message());
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
    var begun = intents.act(view, act, put);
    if (begun instanceof IntentRunner.Sent sent) {
      return sent.plan();
    }
    if (begun instanceof IntentRunner.Refused refused) {
      var instead = Engine.decide(view.snapshot().withWork(refused.work()));
      return carryOut(instead, view, put).orElseThrow(refused::cause);
    }
    var failed = ((IntentRunner.NotKept) begun).cause();
    return Engine.heldUp(view.snapshot(), failed.getMessage())
        .map(step -> advance(view, step, put))
        .orElseThrow(() -> failed);
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
      effects.forget(intent);
    }
    if (view.runOpen() && !PlanView.runOpen(written)) {
      pruning.begin(written);
    }
    return written;
  }

  private Rest rest(PlanView view, UnaryOperator<RollbackPlan> put) {
    wishes.warn(view);
    answers.warn(view);
    if (view.status().phase() == Phase.AwaitingApproval && view.snapshot().preview() == null) {
      // Who approves wants to see what would be changed.
      reader.preview(view);
    }
    var tracked = stable.track(view).withTriggers(Triggers.track(view));
    var plan = writer.refresh(view, tracked, put);
    if (!PlanView.statusOf(plan).stable().equals(view.status().stable())) {
      // What is stable decides what can be carried out: look again at once.
      return Rest.soon(plan);
    }
    return new Rest(plan, pause(view, plan));
  }

  /** Only times to come count: what was due by now has been decided upon in this very pass. */
  private static Duration pause(PlanView view, RollbackPlan plan) {
    var longest = view.now().plus(LONGEST_WAIT);
    var until =
        Stream.of(
                waiting(view),
                Optional.ofNullable(StableTracker.soakEnd(plan)),
                Optional.ofNullable(Triggers.next(view)))
            .flatMap(Optional::stream)
            .filter(time -> time.isAfter(view.now()) && time.isBefore(longest))
            .min(Instant::compareTo)
            .orElse(longest);
    return Duration.between(view.now(), until);
  }

  private static Optional<Instant> waiting(PlanView view) {
    return view.snapshot() != null && Engine.decide(view.snapshot()) instanceof Decision.Wait wait
        ? Optional.ofNullable(wait.until())
        : Optional.empty();
  }
}
