package dev.backstep.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.ApprovalSpec;
import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import dev.backstep.api.v1alpha1.ApprovalSpec.Kind;
import dev.backstep.api.v1alpha1.ApprovalSpec.TargetRef;
import dev.backstep.approval.Ballot.Accepted;
import dev.backstep.approval.Ballot.Count;
import dev.backstep.approval.Ballot.Ignored;
import dev.backstep.approval.Ballot.Question;
import dev.backstep.approval.Ballot.Rejection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BallotTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String BOT = "system:serviceaccount:argocd:syncer";

  /** What is asked; each test changes what it is about. */
  private String item;

  private String requester = "alice";
  private Set<String> others = Set.of();
  private boolean requesterIsHuman = true;
  private int approvers = 1;
  private Instant policyChangedAt = NOW.minus(Duration.ofDays(1));
  private Set<String> consumed = Set.of();

  private final List<Approval> approvals = new ArrayList<>();

  @Test
  void withoutApprovalsThereAreNotEnough() {
    assertThat(count()).isEqualTo(new Count(List.of(), false, null, List.of()));
  }

  @Test
  void anApprovalOfSomebodyElseIsEnough() {
    approve("bob");

    assertThat(count())
        .isEqualTo(new Count(List.of(new Accepted("uid-bob", "bob")), true, null, List.of()));
  }

  @Test
  void theRequesterDoesNotApproveTheLevel() {
    approve("alice");

    assertThat(count().enough()).isFalse();
    assertThat(onlyReason()).isEqualTo("alice asked for it; somebody else has to approve it.");
  }

  @Test
  void theRequesterAnswersAnItem() {
    item = "looks-well";
    add("alice", 1, spec("looks-well", "alice", Decision.Approve));

    assertThat(count().enough()).isTrue();
  }

  @Test
  void twoPeopleAreTwo() {
    approvers = 2;
    approve("bob");
    assertThat(count().enough()).isFalse();

    approve("carol");

    assertThat(count().enough()).isTrue();
    assertThat(count().accepted()).extracting(Accepted::user).containsExactly("bob", "carol");
  }

  @Test
  void onePersonCountsOnce() {
    approvers = 2;
    approve("bob");
    add("second", 1, spec(null, "bob", Decision.Approve));

    assertThat(count().enough()).isFalse();
    assertThat(count().ignored())
        .containsExactly(
            new Ignored("second", "bob", "bob approved already; each person counts once."));
  }

  @Test
  void anIgnoredApprovalDoesNotStandInTheWayOfTheSamePersonsNext() {
    add("early", 90, spec(null, "bob", Decision.Approve));
    approve("bob");

    assertThat(count().accepted()).containsExactly(new Accepted("uid-bob", "bob"));
    assertThat(count().enough()).isTrue();
  }

  @Test
  void theOrderOfTheListDoesNotMatter() {
    add("b", 3, spec(null, "bob", Decision.Approve));
    add("a", 3, spec(null, "bob", Decision.Approve));
    add("c", 2, spec(null, "carol", Decision.Reject));
    add("d", 4, spec(null, "dave", Decision.Reject));
    var count = count();

    Collections.reverse(approvals);

    assertThat(count()).isEqualTo(count);
    assertThat(count.accepted()).containsExactly(new Accepted("uid-a", "bob"));
    assertThat(count.rejection().user()).isEqualTo("dave");
  }

  @Test
  void aServiceAccountsRunNeedsTwo() {
    requester = BOT;
    approve("bob");
    assertThat(count().enough()).isFalse();

    approve("carol");
    assertThat(count().enough()).isTrue();
  }

  @Test
  void aTriggersRunNeedsTwo() {
    requester = "trigger/queue-stuck";
    requesterIsHuman = false;
    approve("bob");
    assertThat(count().enough()).isFalse();

    approve("carol");
    assertThat(count().enough()).isTrue();
  }

  @Test
  void threeStayThreeWithoutAHuman() {
    requesterIsHuman = false;
    approvers = 3;

    assertThat(question().needed()).isEqualTo(3);
  }

  @Test
  void anItemOfATriggersRunIsAnsweredByOne() {
    requesterIsHuman = false;
    item = "looks-well";

    assertThat(question().needed()).isEqualTo(1);
  }

  @Test
  void aServiceAccountDoesNotApproveALevel() {
    approve(BOT);

    assertThat(count().enough()).isFalse();
    assertThat(onlyReason()).isEqualTo(BOT + " is a ServiceAccount; a person has to approve.");
  }

  @Test
  void whatIsAboutSomethingElseIsIgnoredWithAReason() {
    ignored(spec("other-uid", "INC-1", "restore", null, "hash"), "It is for another object");
    ignored(spec("plan", "INC-0", "restore", null, "hash"), "It is for run INC-0, not for INC-1.");
    ignored(
        spec("plan", "INC-1", "revert", null, "hash"), "It is for level revert, not for restore.");
    ignored(spec("plan", "INC-1", "restore", "look", "hash"), "It answers item look and does not");
    ignored(spec("plan", "INC-1", "restore", null, "old"), "It is for other actions: its hash");
    ignored(null, "It was written for a newer version");
  }

  @Test
  void anItemIsNotAnsweredByTheLevelNorByAnotherItem() {
    item = "looks-well";

    ignored(spec("plan", "INC-1", "restore", null, "hash"), "It is for the level itself, not");
    ignored(spec("plan", "INC-1", "restore", "x", "hash"), "It is for item x, not for looks-well.");
  }

  @Test
  void anApprovalExpires() {
    add("late", 59, spec(null, "bob", Decision.Approve));
    assertThat(count().enough()).isTrue();
    approvals.clear();

    add("late", 60, spec(null, "bob", Decision.Approve));
    assertThat(count().enough()).isFalse();
    assertThat(onlyReason()).isEqualTo("It expired at 2026-03-01T12:00:00Z. Approve again.");
  }

  @Test
  void whatIsNotYoungerThanThePolicyProvesNothing() {
    approve("bob");
    policyChangedAt = NOW.minus(Duration.ofMinutes(1));
    assertThat(count().enough()).as("the same second").isFalse();
    assertThat(onlyReason()).contains("not after the admission policies were changed");

    policyChangedAt = policyChangedAt.minusSeconds(1);
    assertThat(count().enough()).isTrue();
  }

  @Test
  void whatWasUsedDoesNotCountAgain() {
    approve("bob");
    consumed = Set.of("uid-bob");

    assertThat(count().enough()).isFalse();
    assertThat(onlyReason()).isEqualTo("It was used already; each approval counts once.");
  }

  @Test
  void whatLetAnEarlierLevelActNeedsNoExplanation() {
    add("earlier", 1, spec("plan", "INC-1", "revert", null, "hash"));
    consumed = Set.of("uid-earlier");

    assertThat(count()).isEqualTo(new Count(List.of(), false, null, List.of()));
  }

  @Test
  void whatIsBeingDeletedDoesNotCount() {
    approve("bob");
    reject("carol");
    approvals.forEach(it -> it.getMetadata().setDeletionTimestamp(NOW.toString()));

    assertThat(count().accepted()).isEmpty();
    assertThat(count().rejection()).isNull();
    assertThat(count().ignored()).extracting(Ignored::reason).containsOnly("It is being deleted.");
  }

  @Test
  void oneRejectOutweighsAllApprovals() {
    approve("bob");
    approve("carol");
    reject("dave");

    assertThat(count().enough()).isFalse();
    assertThat(count().accepted()).hasSize(2);
    assertThat(count().rejection()).isEqualTo(new Rejection("dave", "because"));
  }

  @Test
  void whoApprovedMayStillReject() {
    approve("bob");
    reject("bob");

    assertThat(count().enough()).isFalse();
    assertThat(count().rejection().user()).isEqualTo("bob");
  }

  @Test
  void aRejectNeedsLessThanAnApproval() {
    requester = "alice";
    add("own", 600, spec(null, "alice", Decision.Reject));
    policyChangedAt = NOW;
    consumed = Set.of("uid-own");

    assertThat(count().rejection()).isEqualTo(new Rejection("alice", "because"));
  }

  /** Who replaced the data is no second person for putting it back. */
  @Test
  void whoAskedForWhatIsPutBackDoesNotApproveThat() {
    requester = "carol";
    others = Set.of("bob");
    approve("bob");

    assertThat(count().enough()).isFalse();
    assertThat(onlyReason()).isEqualTo("bob asked for it; somebody else has to approve it.");
    approve("dave");
    assertThat(count().enough()).isTrue();
  }

  @Test
  void aRejectOfSomethingElseIsIgnored() {
    approve("bob");
    add("other", 1, spec("look", "carol", Decision.Reject));

    assertThat(count().rejection()).isNull();
    assertThat(count().enough()).isTrue();
  }

  private Question question() {
    return new Question(
        "plan",
        "INC-1",
        "restore",
        item,
        item == null,
        "hash",
        requester,
        others,
        requesterIsHuman,
        approvers,
        HOUR,
        NOW,
        consumed);
  }

  private Count count() {
    return Ballot.count(approvals, question(), policyChangedAt);
  }

  private String onlyReason() {
    assertThat(count().ignored()).hasSize(1);
    return count().ignored().get(0).reason();
  }

  private void ignored(ApprovalSpec spec, String reason) {
    approvals.clear();
    add("it", 1, spec);
    assertThat(count().enough()).isFalse();
    assertThat(onlyReason()).startsWith(reason);
  }

  private void approve(String user) {
    add(user, 1, spec(null, user, Decision.Approve));
  }

  private void reject(String user) {
    add(user + "-no", 1, spec(null, user, Decision.Reject));
  }

  private static ApprovalSpec spec(
      String plan, String run, String level, String item, String hash) {
    var target = new TargetRef(Kind.RollbackPlan, "web", plan);
    return new ApprovalSpec(target, run, level, item, hash, Decision.Approve, "bob", null);
  }

  private static ApprovalSpec spec(String item, String user, Decision decision) {
    var target = new TargetRef(Kind.RollbackPlan, "web", "plan");
    return new ApprovalSpec(target, "INC-1", "restore", item, "hash", decision, user, "because");
  }

  private void add(String name, int minutesAgo, ApprovalSpec spec) {
    var approval = new Approval();
    approval.getMetadata().setName(name);
    approval.getMetadata().setUid("uid-" + name);
    approval.getMetadata().setCreationTimestamp(NOW.minusSeconds(60L * minutesAgo).toString());
    approval.setSpec(spec);
    approvals.add(approval);
  }
}
