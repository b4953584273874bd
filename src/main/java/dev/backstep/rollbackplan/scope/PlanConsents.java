package dev.backstep.rollbackplan.scope;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.UsedApproval;
import dev.backstep.approval.Ballot.Ignored;
import dev.backstep.approval.Ballot.Question;
import dev.backstep.approval.Ballot.Rejection;
import dev.backstep.approval.Consents;
import dev.backstep.effect.Work;
import dev.backstep.rollbackplan.watch.PlanApprovals;
import dev.backstep.runbook.Consent;
import dev.backstep.runbook.Item;
import dev.backstep.runbook.ItemAnswers.ItemAnswer;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.UndoApproval;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What humans say, by Approvals, to the levels and items of a run. */
@ApplicationScoped
public class PlanConsents {
  /** An answer to an item is about something seen; who looked yesterday did not see it. */
  private static final Duration ITEM_VALID_FOR = Duration.ofHours(24);

  /** Approvals have whole seconds of a clock that may be a little behind this one. */
  private static final Duration CLOCKS = Duration.ofSeconds(2);

  private final PlanApprovals approvals;
  private final Consents consents;
  private final Clock clock;

  public PlanConsents(PlanApprovals approvals, Consents consents, Clock clock) {
    this.approvals = approvals;
    this.consents = consents;
    this.clock = clock;
  }

  /** What is said to the level or undo that wants to be approved, or was; null: none does. */
  public Consent of(RollbackPlan plan, RunSnapshot snapshot) {
    return question(plan, snapshot).map(question -> said(plan, snapshot, question)).orElse(null);
  }

  private Consent said(RollbackPlan plan, RunSnapshot snapshot, Question question) {
    // What is older than the run cannot be about it, and need not be explained.
    var all = Consents.since(snapshot.run().startedAt(), current(plan, snapshot));
    var poll = consents.poll(plan, all, question);
    return new Consent(
        question.needed(),
        poll.count().accepted().stream()
            .map(given -> new ApprovalStatus.Given(given.uid(), given.user()))
            .toList(),
        Optional.ofNullable(poll.count().rejection()).map(Rejection::said).orElse(null),
        poll.count().ignored().stream()
            .map(
                ignored ->
                    "%s by %s: %s".formatted(ignored.name(), ignored.user(), ignored.reason()))
            .toList(),
        poll.unproven().orElse(null));
  }

  private static Optional<Question> question(RollbackPlan plan, RunSnapshot snapshot) {
    var undo = UndoApproval.action(snapshot);
    if (undo.isPresent()) {
      return Optional.of(undo(plan, snapshot, undo.get()));
    }
    var phase = snapshot.run().phase();
    var concerned = phase == Phase.AwaitingApproval || phase == Phase.Acting;
    return concerned && snapshot.wantsApproval(snapshot.level())
        ? Optional.of(level(plan, snapshot))
        : Optional.empty();
  }

  private static String hash(RunSnapshot snapshot, String of) {
    var known = snapshot.run().approval() == null ? "" : snapshot.run().approval().hash();
    return snapshot.hashes().getOrDefault(of, known);
  }

  /** Right before something is destroyed a cache is not good enough: a no may be on its way. */
  private List<Approval> current(RollbackPlan plan, RunSnapshot snapshot) {
    var destroys =
        snapshot.run().phase() == Phase.Acting
            && snapshot.work() instanceof Work.ToDo
            && snapshot.destroys(snapshot.level().name());
    return destroys || UndoApproval.replacing(snapshot).isPresent()
        ? approvals.live(plan)
        : approvals.of(plan);
  }

  private static Question level(RollbackPlan plan, RunSnapshot snapshot) {
    var level = snapshot.level();
    return question(
        plan, snapshot, level, null, snapshot.run().requestedBy(), !snapshot.automatic());
  }

  /** Who had the data replaced does not agree alone with whoever wants it back. */
  private static Question undo(RollbackPlan plan, RunSnapshot snapshot, String action) {
    var asker = UndoApproval.asker(snapshot);
    return question(
        plan,
        snapshot,
        UndoApproval.levelOf(snapshot, action),
        action,
        asker.orElse(snapshot.run().requestedBy()),
        asker.isPresent());
  }

  /**
   * What has to be approved.
   *
   * @param undo action of the level that would be put back; null: the level itself
   */
  private static Question question(
      RollbackPlan plan,
      RunSnapshot snapshot,
      Level level,
      String undo,
      String requester,
      boolean human) {
    return new Question(
        plan.getMetadata().getUid(),
        snapshot.run().id(),
        level.name(),
        undo,
        true,
        hash(snapshot, undo == null ? level.name() : undo),
        requester,
        Set.of(snapshot.run().requestedBy()),
        human,
        level.approvalPolicy().approvers(),
        Durations.of(level.approvalPolicy().validFor()),
        snapshot.now(),
        used(snapshot.run()));
  }

  /** What let a level act does not let it act again, unless it goes on where it was interrupted. */
  private static Set<String> used(RunStatus run) {
    var used = run.approvals().stream().map(UsedApproval::uid).collect(Collectors.toSet());
    if (run.approval() != null) {
      run.approval().given().forEach(given -> used.remove(given.uid()));
    }
    return used;
  }

  /**
   * What a human said to a manual gate or action; empty: nothing yet.
   *
   * @param since when it was asked: what was said before is about something else
   */
  public Optional<ItemAnswer> answer(RollbackPlan plan, RunStatus run, String item, Instant since) {
    var all = since(since, plan);
    if (all.stream().noneMatch(approval -> item.equals(approval.getSpec().item()))) {
      return Optional.empty();
    }
    var poll = consents.poll(plan, all, question(plan, run, item));
    if (poll.unproven().isPresent()) {
      return Optional.of(new ItemAnswer(false, false, poll.unproven().get()));
    }
    var count = poll.count();
    if (count.rejection() != null) {
      return Optional.of(new ItemAnswer(true, false, count.rejection().said()));
    }
    return count.enough()
        ? Optional.of(
            new ItemAnswer(true, true, "%s said yes".formatted(count.accepted().get(0).user())))
        : Optional.empty();
  }

  /** Approvals that were written since an item was asked, and do not answer it. */
  public List<Ignored> ignored(RollbackPlan plan, RunStatus run, Item item) {
    return consents.ignored(since(item.since(), plan), question(plan, run, item.name()));
  }

  private List<Approval> since(Instant asked, RollbackPlan plan) {
    return Consents.since(asked.minus(CLOCKS), approvals.of(plan));
  }

  private Question question(RollbackPlan plan, RunStatus run, String item) {
    var level = run.levels().get(run.level() == null ? 0 : run.level());
    return new Question(
        plan.getMetadata().getUid(),
        run.id(),
        level.name(),
        item,
        false,
        level.hash(),
        run.requestedBy(),
        Set.of(),
        true,
        1,
        ITEM_VALID_FOR,
        clock.instant(),
        Set.of());
  }
}
