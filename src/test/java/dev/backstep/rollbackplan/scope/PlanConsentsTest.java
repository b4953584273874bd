package dev.backstep.rollbackplan.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.ApprovalSpec;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.action.ActionBuilder;
import dev.backstep.api.v1alpha1.ladder.ApprovalPolicy;
import dev.backstep.api.v1alpha1.ladder.LevelBuilder;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.status.UsedApproval;
import dev.backstep.approval.Ballot.Ignored;
import dev.backstep.approval.Consents;
import dev.backstep.approval.PolicyProbe;
import dev.backstep.approval.PolicyState;
import dev.backstep.effect.Work;
import dev.backstep.rollbackplan.watch.SimulatedApprovals;
import dev.backstep.runbook.Consent;
import dev.backstep.runbook.Item;
import dev.backstep.runbook.ItemAnswers.ItemAnswer;
import dev.backstep.runbook.LevelTraits;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.testing.PlanYaml;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class PlanConsentsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T14:05:00Z");
  private static final String PLAN =
      """
      serviceAccountName: runner
      gates: []
      levels:
      - {name: restore, actions: []}
      """;

  private final List<Approval> cached = new ArrayList<>();
  private final List<Approval> live = new ArrayList<>();
  private final RollbackPlan plan = plan();
  private UnaryOperator<RunStatusBuilder> status = UnaryOperator.identity();
  private LevelTraits traits = LevelTraits.HARMLESS;
  private Phase phase = Phase.AwaitingApproval;
  private Run.State state = Run.State.Running;

  private static RollbackPlan plan() {
    var plan = new RollbackPlan();
    plan.getMetadata().setName("web");
    plan.getMetadata().setUid("plan-1");
    plan.getMetadata().setNamespace("shop");
    return plan;
  }

  /** The policy is in force since yesterday. */
  private static final class InForce extends PolicyProbe {
    InForce() {
      super(null, Clock.systemUTC());
    }

    @Override
    public PolicyState state(String namespace, String resource) {
      return new PolicyState(true, NOW.minus(Duration.ofDays(1)), "in force");
    }
  }

  private static Approval says(String user, ApprovalSpec.Decision decision, Duration ago) {
    var approval = new Approval();
    approval.getMetadata().setNamespace("shop");
    approval.getMetadata().setName("a-" + user);
    approval.getMetadata().setUid("uid-" + user);
    approval.getMetadata().setCreationTimestamp(NOW.minus(ago).toString());
    approval.setSpec(
        new ApprovalSpec(
            new ApprovalSpec.TargetRef(ApprovalSpec.Kind.RollbackPlan, "web", "plan-1"),
            "INC-42",
            "restore",
            null,
            "h1",
            decision,
            user,
            null));
    return approval;
  }

  private void approves(String user, Duration ago) {
    cached.add(says(user, ApprovalSpec.Decision.Approve, ago));
    live.add(says(user, ApprovalSpec.Decision.Approve, ago));
  }

  private Consent consent() {
    var level =
        LevelBuilder.builder()
            .name("restore")
            .approval(new ApprovalPolicy(1, "1h", "30m"))
            .actions(List.of(ActionBuilder.builder().name("data").build()))
            .build();
    var run =
        RunStatusBuilder.builder()
            .id("INC-42")
            .mode(Run.Mode.Execute)
            .requestedBy("alice")
            .phase(phase)
            .level(0)
            .levels(List.of(LevelStatus.waiting("restore")))
            .startedAt(NOW.minus(Duration.ofHours(9)));
    RunSnapshot snapshot =
        RunSnapshotBuilder.builder()
            .now(NOW)
            .plan(PlanYaml.spec(PLAN).withLevels(List.of(level)))
            .run(status.apply(run).build())
            .wish(RunBuilder.builder().id("INC-42").state(state).stateBy("carol").build())
            .traits(traits)
            .hashes(Map.of("restore", "h1"))
            .work(new Work.ToDo(1, "Do it."))
            .build();
    return new PlanConsents(
            new SimulatedApprovals(() -> cached, () -> live),
            new Consents(new InForce()),
            Clock.fixed(NOW, ZoneOffset.UTC))
        .of(plan, snapshot);
  }

  private static UsedApproval used(String user) {
    return new UsedApproval("uid-" + user, user, "restore", "h1", NOW);
  }

  private static ApprovalStatus given(String... users) {
    return ApprovalStatusBuilder.builder()
        .level("restore")
        .hash("h1")
        .wants(1)
        .given(
            List.of(users).stream()
                .map(user -> new ApprovalStatus.Given("uid-" + user, user))
                .toList())
        .since(NOW)
        .round(0)
        .build();
  }

  @Test
  void anApprovalCountsForAsLongAsTheLevelSays() {
    approves("dave", Duration.ofMinutes(59));
    approves("erin", Duration.ofMinutes(60));

    var consent = consent();

    assertThat(consent.given()).extracting(ApprovalStatus.Given::user).containsExactly("dave");
    assertThat(consent.ignored()).singleElement().asString().contains("It expired at");
  }

  @Test
  void aRunThatATriggerStartedWantsTwoPeople() {
    status = run -> run.requestedBy("trigger:latency");

    assertThat(consent().wants()).isEqualTo(2);
  }

  /** alice asked for the run, and carol to have the data from before put back. */
  private Consent toUndo(Run.State wish) {
    var asked =
        ApprovalStatusBuilder.builder()
            .level("restore")
            .undo(new ApprovalStatus.Undo("data", "It replaces data."))
            .hash("h1")
            .wants(1)
            .since(NOW)
            .round(0)
            .build();
    phase = Phase.AwaitingApproval;
    status = run -> run.approval(asked);
    state = wish;
    return consent();
  }

  private void agreesToUndo(String user) {
    cached.add(about(says(user, ApprovalSpec.Decision.Approve, Duration.ofMinutes(1)), "data"));
  }

  @Test
  void anUndoIsAgreedToBySomebodyWhoAskedForNothing() {
    agreesToUndo("alice");
    agreesToUndo("carol");
    agreesToUndo("dave");

    var consent = toUndo(Run.State.Undone);

    assertThat(consent.wants()).isEqualTo(1);
    assertThat(consent.given()).extracting(ApprovalStatus.Given::user).containsExactly("dave");
    assertThat(consent.ignored()).hasSize(2);
  }

  @Test
  void whoApprovedTheLevelDidNotAgreeToItsUndo() {
    approves("dave", Duration.ofMinutes(1));

    assertThat(toUndo(Run.State.Undone).given()).isEmpty();
  }

  @Test
  void twoAgreeToAnUndoThatNobodyAsksForAnyMore() {
    assertThat(toUndo(Run.State.Running).wants()).isEqualTo(2);
  }

  @Test
  void whatLetALevelActDoesNotLetItActAgain() {
    approves("dave", Duration.ofMinutes(1));
    status = run -> run.approval(given()).approvals(List.of(used("dave")));

    var consent = consent();

    assertThat(consent.given()).isEmpty();
    assertThat(consent.ignored()).singleElement().asString().contains("It was used already");
  }

  @Test
  void whoGoesOnWhereTheLevelWasInterruptedCountsStill() {
    approves("dave", Duration.ofMinutes(1));
    status = run -> run.approval(given("dave")).approvals(List.of(used("dave")));

    assertThat(consent().given()).hasSize(1);
  }

  @Test
  void aNoThatIsNotInTheCacheYetIsSeenBeforeSomethingIsDestroyed() {
    approves("dave", Duration.ofMinutes(1));
    live.add(says("bob", ApprovalSpec.Decision.Reject, Duration.ZERO));
    phase = Phase.Acting;

    assertThat(consent().rejection()).isNull();
    traits = new LevelTraits(Set.of("restore"), Set.of(), Map.of(), Set.of(), Set.of(), Set.of());
    assertThat(consent().rejection()).isEqualTo("bob said no");
  }

  private Approval answers(String user, ApprovalSpec.Decision decision, Duration ago) {
    var approval = about(says(user, decision, ago), "names");
    cached.add(approval);
    return approval;
  }

  private static Approval about(Approval approval, String item) {
    var spec = approval.getSpec();
    approval.setSpec(
        new ApprovalSpec(
            spec.targetRef(),
            spec.runId(),
            spec.level(),
            item,
            spec.hash(),
            spec.decision(),
            spec.approver(),
            null));
    return approval;
  }

  private static RunStatus looked() {
    return RunStatusBuilder.builder()
        .id("INC-42")
        .requestedBy("alice")
        .phase(Phase.Verifying)
        .level(0)
        .levels(List.of(LevelStatus.waiting("restore").withHash("h1")))
        .startedAt(NOW.minus(Duration.ofHours(9)))
        .build();
  }

  private PlanConsents consents() {
    return new PlanConsents(
        new SimulatedApprovals(() -> cached, () -> live),
        new Consents(new InForce()),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void whatWasAnsweredBeforeItWasAskedDoesNotCount() {
    answers("bob", ApprovalSpec.Decision.Reject, Duration.ofMinutes(5));

    assertThat(consents().answer(plan, looked(), "names", NOW.minus(Duration.ofMinutes(4))))
        .isEmpty();
    assertThat(consents().answer(plan, looked(), "names", NOW.minus(Duration.ofMinutes(5))))
        .map(ItemAnswer::message)
        .contains("bob said no");
  }

  @Test
  void whatIsAnsweredInTheSecondInWhichItIsAskedCounts() {
    answers("bob", ApprovalSpec.Decision.Approve, Duration.ZERO);

    assertThat(consents().answer(plan, looked(), "names", NOW.plusMillis(900)))
        .map(ItemAnswer::yes)
        .contains(true);
  }

  @Test
  void anAnswerWithAnotherItemOrHashIsSaidNotToCount() {
    answers("bob", ApprovalSpec.Decision.Approve, Duration.ZERO);
    var item = new Item("shop", "restore", "h1", "Look.", NOW);

    assertThat(consents().ignored(plan, looked(), item))
        .extracting(Ignored::reason)
        .containsExactly("It is for item names, not for shop.");
  }
}
