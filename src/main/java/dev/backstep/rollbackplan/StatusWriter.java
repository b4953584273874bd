package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.EarlierAction;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.journal.Journal;
import dev.backstep.journal.ObjectId;
import dev.backstep.notification.Notifier;
import dev.backstep.resource.StatusPut;
import dev.backstep.rollbackplan.status.PlanNotices;
import dev.backstep.rollbackplan.status.StatusFactory;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Writes a plan's status. The row in the journal, which is derived from a transition, follows the
 * write.
 */
@ApplicationScoped
public class StatusWriter {
  /** The only way in which it is written. */
  static final StatusPut<RollbackPlanSpec, RollbackPlanStatus, RollbackPlan> PUT =
      new StatusPut<>(RollbackPlan::new);

  /** More transitions than this are not kept in the status; the journal has them. */
  private static final int MAX_TRANSITIONS = 200;

  private final StatusFactory factory;
  private final PlanEvents events;
  private final Journal journal;
  private final Notifier notifier;
  private final PlanWakeups wakeups;

  public StatusWriter(
      StatusFactory factory,
      PlanEvents events,
      Journal journal,
      Notifier notifier,
      PlanWakeups wakeups) {
    this.factory = factory;
    this.events = events;
    this.journal = journal;
    this.notifier = notifier;
    this.wakeups = wakeups;
  }

  /**
   * Records a transition of the run.
   *
   * @param core the status with the run after the transition in it
   * @param action the action the transition is about, or null
   * @return the plan as it is after the write
   */
  RollbackPlan record(
      PlanView view, RollbackPlanStatus core, String action, UnaryOperator<RollbackPlan> put) {
    var transition = transition(core.run(), action, view);
    var transitions = Stream.concat(core.transitions().stream(), Stream.of(transition)).toList();
    var kept =
        transitions.subList(Math.max(0, transitions.size() - MAX_TRANSITIONS), transitions.size());
    var status =
        factory.derive(
            view,
            core.with()
                .transitions(List.copyOf(kept))
                .ends(Ends.counted(view.status(), core.run()))
                .build());
    var written = PUT.write(view.plan(), status, put);
    events.log(written, transition);
    journal(written);
    tell(written);
    return written;
  }

  /** Writes the status if it is not what the plan has already. */
  RollbackPlan refresh(PlanView view, RollbackPlanStatus core, UnaryOperator<RollbackPlan> put) {
    var next = factory.derive(view, core);
    journal(view.plan());
    var written = PUT.writeChanged(view.plan(), next, put);
    tell(written);
    return written;
  }

  /** Has what is missing written to the journal; true when nothing is missing. */
  boolean journaled(RollbackPlan plan) {
    journal(plan);
    return journal.has(plan.getMetadata().getUid(), PlanView.statusOf(plan).transitions());
  }

  private void journal(RollbackPlan plan) {
    journal.write(ObjectId.of(plan), PlanView.statusOf(plan).transitions(), wakeups.of(plan));
  }

  /** When people who could not be told are told again; empty: nobody waits. */
  Optional<Instant> tellsAgain(RollbackPlan plan) {
    return notifier.again(PlanNotices.of(plan, PlanView.statusOf(plan)));
  }

  /** Only what stands in the status is told. */
  private void tell(RollbackPlan written) {
    notifier.tell(PlanNotices.of(written, PlanView.statusOf(written)), wakeups.of(written));
  }

  private static Transition transition(RunStatus run, String action, PlanView view) {
    return new Transition(
        run.id(),
        run.claim(),
        run.seq(),
        view.now(),
        run.phase(),
        run.level() == null ? null : run.levels().get(run.level()).name(),
        action,
        run.reason(),
        Sentences.bounded(run.message()));
  }

  /** The status in which a new run begins: the ended one becomes history. */
  RollbackPlanStatus begin(PlanView view, RunStatus run) {
    var status = view.status();
    var ended = status.run();
    var history =
        ended == null
            ? status.history()
            : Stream.concat(Stream.of(History.of(ended)), status.history().stream())
                .limit(view.plan().getSpec().historyLimit())
                .toList();
    var unsaid =
        journal.has(view.plan().getMetadata().getUid(), status.transitions())
                && notifier.hasTold(PlanNotices.of(view.plan(), status))
            ? List.<Transition>of()
            : status.transitions();
    return RollbackPlanStatusBuilder.builder(status)
        .run(run.withEarlier(earlier(status)))
        .history(history)
        .transitions(unsaid)
        .stableCandidate(null)
        .build();
  }

  /** What is still held is given back from what its action did; what is not needs no record. */
  private static List<EarlierAction> earlier(RollbackPlanStatus status) {
    return Stream.ofNullable(status.run())
        .flatMap(run -> Stream.concat(run.earlier().stream(), actions(run)))
        .filter(
            action ->
                status.holds().stream()
                    .anyMatch(
                        hold ->
                            hold.claim().equals(action.claim())
                                && hold.action().equals(action.status().name())))
        .toList();
  }

  private static Stream<EarlierAction> actions(RunStatus run) {
    return run.actions().map(action -> new EarlierAction(run.claim(), action));
  }
}
