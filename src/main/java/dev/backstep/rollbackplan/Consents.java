package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.UsedApproval;
import dev.backstep.approval.Ballot;
import dev.backstep.approval.Ballot.Ignored;
import dev.backstep.approval.Ballot.Question;
import dev.backstep.approval.Ballot.Rejection;
import dev.backstep.approval.PolicyProbe;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Consent;
import dev.backstep.runbook.Item;
import dev.backstep.runbook.ItemAnswers.ItemAnswer;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What humans say, by Approvals, to the levels and items of a run. */
@ApplicationScoped
public class Consents {
  /** An answer to an item is about something seen; who looked yesterday did not see it. */
  private static final Duration ITEM_VALID_FOR = Duration.ofHours(24);

  private static final Duration CLOCKS = Duration.ofSeconds(2);

  private final ApprovalEvents approvals;
  private final PolicyProbe policy;
  private final Clock clock;

  public Consents(ApprovalEvents approvals, PolicyProbe policy, Clock clock) {
    this.approvals = approvals;
    this.policy = policy;
    this.clock = clock;
  }

  /** What is said to the level that wants to be approved, or was; null: none does. */
  Consent of(RollbackPlan plan, RunSnapshot snapshot) {
    var phase = snapshot.run().phase();
    var concerned = phase == Phase.AwaitingApproval || phase == Phase.Acting;
    if (!concerned || !snapshot.wantsApproval(snapshot.level())) {
      return null;
    }
    var hash =
        snapshot
            .hashes()
            .getOrDefault(
                snapshot.level().name(),
                snapshot.run().approval() == null ? "" : snapshot.run().approval().hash());
    var state = policy.state(plan.getMetadata().getNamespace());
    var changedAt = state.inForce() ? state.changedAt() : Instant.MAX;
    var question = question(plan, snapshot, hash, changedAt);
    var count = Ballot.count(since(snapshot.run(), current(plan, snapshot)), question);
    return new Consent(
        question.needed(),
        count.accepted().stream()
            .map(given -> new ApprovalStatus.Given(given.uid(), given.user()))
            .toList(),
        said(count.rejection()),
        count.ignored().stream()
            .map(ignored -> ignored.name() + " by " + ignored.user() + ": " + ignored.reason())
            .toList(),
        state.inForce() ? null : state.message());
  }

  /** Right before something is destroyed a cache is not good enough: a no may be on its way. */
  private List<Approval> current(RollbackPlan plan, RunSnapshot snapshot) {
    var destroys =
        snapshot.run().phase() == Phase.Acting
            && snapshot.work() instanceof Work.ToDo
            && snapshot.destroys(snapshot.level().name());
    return destroys ? approvals.live(plan) : approvals.of(plan);
  }

  /** What is older than the run cannot be about it, and need not be explained. */
  private static List<Approval> since(RunStatus run, List<Approval> all) {
    return all.stream()
        .filter(
            approval ->
                !Instant.parse(approval.getMetadata().getCreationTimestamp())
                    .isBefore(run.startedAt().truncatedTo(ChronoUnit.SECONDS)))
        .toList();
  }

  private static Question question(
      RollbackPlan plan, RunSnapshot snapshot, String hash, Instant policyChangedAt) {
    Level level = snapshot.level();
    return new Question(
        plan.getMetadata().getUid(),
        snapshot.run().id(),
        level.name(),
        null,
        hash,
        snapshot.run().requestedBy(),
        !snapshot.automatic(),
        level.approvalPolicy().approvers(),
        Durations.of(level.approvalPolicy().validFor()),
        snapshot.now(),
        policyChangedAt,
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

  private static String said(Rejection rejection) {
    return rejection == null
        ? null
        : rejection.user()
            + (rejection.comment() == null ? " said no" : ": " + rejection.comment().strip());
  }

  /**
   * What a human said to a manual gate or action; empty: nothing yet.
   *
   * @param since when it was asked: what was said before is about something else
   */
  Optional<ItemAnswer> answer(RollbackPlan plan, RunStatus run, String item, Instant since) {
    var all = after(since, approvals.of(plan));
    if (all.stream().noneMatch(approval -> item.equals(approval.getSpec().item()))) {
      return Optional.empty();
    }
    var state = policy.state(plan.getMetadata().getNamespace());
    if (!state.inForce()) {
      return Optional.of(new ItemAnswer(false, false, state.message()));
    }
    var count = Ballot.count(all, question(plan, run, item, state.changedAt()));
    if (count.rejection() != null) {
      return Optional.of(new ItemAnswer(true, false, said(count.rejection())));
    }
    return count.enough()
        ? Optional.of(new ItemAnswer(true, true, count.accepted().get(0).user() + " said yes"))
        : Optional.empty();
  }

  /** Approvals that were written since an item was asked, and do not answer it. */
  List<Ignored> ignored(RollbackPlan plan, RunStatus run, Item item) {
    var all = after(item.since(), approvals.of(plan));
    return all.isEmpty()
        ? List.of()
        : Ballot.count(all, question(plan, run, item.name(), Instant.EPOCH)).ignored();
  }

  /** Approvals have whole seconds of a clock that may be a little behind this one. */
  private static List<Approval> after(Instant since, List<Approval> all) {
    var first = since.truncatedTo(ChronoUnit.SECONDS).minus(CLOCKS);
    return all.stream()
        .filter(
            approval ->
                !Instant.parse(approval.getMetadata().getCreationTimestamp()).isBefore(first))
        .toList();
  }

  private Question question(RollbackPlan plan, RunStatus run, String item, Instant changedAt) {
    var level = run.levels().get(run.level() == null ? 0 : run.level());
    return new Question(
        plan.getMetadata().getUid(),
        run.id(),
        level.name(),
        item,
        level.hash(),
        run.requestedBy(),
        true,
        1,
        ITEM_VALID_FOR,
        clock.instant(),
        changedAt,
        Set.of());
  }
}
