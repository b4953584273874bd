package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.resource.FailedPasses;
import dev.backstep.resource.Rest;
import dev.backstep.rollbackplan.gather.SnapshotReader;
import dev.backstep.rollbackplan.start.RunStarter;
import dev.backstep.rollbackplan.start.RunStarter.Start;
import dev.backstep.rollbackplan.start.Triggers;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.Decision;
import dev.backstep.runbook.Engine;
import dev.backstep.runbook.UndoApproval;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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

  private final SnapshotReader reader;
  private final RunStarter starter;
  private final Carrying carrying;
  private final StatusWriter writer;
  private final StableTracker stable;
  private final UnheardWishes wishes;
  private final UnheardAnswers answers;
  private final PlanEvents events;
  private final FailedPasses failures;

  public PlanLoop(
      SnapshotReader reader,
      RunStarter starter,
      Carrying carrying,
      StatusWriter writer,
      StableTracker stable,
      UnheardWishes wishes,
      UnheardAnswers answers,
      PlanEvents events,
      FailedPasses failures) {
    this.reader = reader;
    this.starter = starter;
    this.carrying = carrying;
    this.writer = writer;
    this.stable = stable;
    this.wishes = wishes;
    this.answers = answers;
    this.events = events;
    this.failures = failures;
  }

  /** Does what is due. */
  public Rest<RollbackPlan> run(RollbackPlan given, UnaryOperator<RollbackPlan> put) {
    return failures.resting(given).orElseGet(() -> carriedOn(given, put));
  }

  private Rest<RollbackPlan> carriedOn(RollbackPlan given, UnaryOperator<RollbackPlan> put) {
    var latest = new AtomicReference<>(given);
    UnaryOperator<RollbackPlan> write = plan -> latest.updateAndGet(it -> put.apply(plan));
    try {
      var rest = passes(given, write);
      failures.passed(latest.get(), PlanView.runOpen(latest.get()));
      return rest;
    } catch (KubernetesClientException e) {
      var plan = latest.get();
      return failures.say(
          plan, PlanView.statusOf(plan), e, status -> StatusWriter.PUT.write(plan, status, put));
    } finally {
      if (latest.get() != given) {
        events.say(given, latest.get());
      }
    }
  }

  private Rest<RollbackPlan> passes(RollbackPlan given, UnaryOperator<RollbackPlan> put) {
    var plan = given;
    for (var pass = 0; pass < MAX_PASSES; pass++) {
      var view = reader.read(plan);
      var written = carrying.out(next(view), view, put);
      if (written.isEmpty()) {
        return rest(view, put);
      }
      plan = written.get();
    }
    return Rest.soon(plan);
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

  private Rest<RollbackPlan> rest(PlanView view, UnaryOperator<RollbackPlan> put) {
    wishes.warn(view);
    answers.warn(view);
    if (view.status().phase() == Phase.AwaitingApproval
        && !UndoApproval.isAwaited(view.snapshot())
        && view.snapshot().preview() == null) {
      // Who approves wants to see what would be changed.
      reader.preview(view);
    }
    var tracked = stable.track(view).withTriggers(Triggers.track(view));
    var plan = writer.refresh(view, tracked, put);
    if (!PlanView.statusOf(plan).stable().equals(view.status().stable())) {
      // What is stable decides what can be carried out: look again at once.
      return Rest.soon(plan);
    }
    return new Rest<>(plan, pause(view, plan));
  }

  /** Only times to come count: what was due by now has been decided upon in this very pass. */
  private Duration pause(PlanView view, RollbackPlan plan) {
    var longest = view.now().plus(LONGEST_WAIT);
    var until =
        Stream.of(
                waiting(view),
                Optional.ofNullable(StableTracker.soakEnd(plan)),
                writer.tellsAgain(plan),
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
