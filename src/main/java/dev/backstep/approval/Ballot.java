package dev.backstep.approval;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Counts approvals. Pure: the same objects and the same question always give the same count.
 *
 * <p>To say no is easier than to say yes. A Reject must be about exactly what is asked (object,
 * run, level, item, hash), and that is all: it counts from whoever asked for the run and from a
 * ServiceAccount too, it does not expire, it may have been used before, and it may be older than
 * the admission policy. The worst that a wrong Reject does is that nothing happens.
 */
public final class Ballot {
  /** A run that no person asked for is approved by two, so that two people know of it. */
  private static final int WITHOUT_A_HUMAN = 2;

  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  private Ballot() {}

  /**
   * What is asked, and what is known at this moment.
   *
   * @param targetUid uid of the object that asks
   * @param item manual gate or action, or the action whose undo is asked about; null: the level
   *     itself
   * @param fourEyes false: who asked may answer, and a ServiceAccount, as to what is manual
   * @param requester who asked for the run, or for what is put back of it
   * @param others who asked for what led to it: they do not approve it either
   * @param requesterIsHuman false for a run that a trigger started; a ServiceAccount is found by
   *     its name
   * @param approvers how many distinct people have to approve
   * @param validFor how long an approval counts after its creation
   * @param consumed uids of approvals that let an earlier level or attempt act
   */
  public record Question(
      String targetUid,
      String runId,
      String level,
      String item,
      boolean fourEyes,
      String hash,
      String requester,
      Set<String> others,
      boolean requesterIsHuman,
      int approvers,
      Duration validFor,
      Instant now,
      Set<String> consumed) {

    /** How many distinct people have to approve. */
    public int needed() {
      var human = requesterIsHuman && !isServiceAccount(requester);
      return human || !fourEyes ? approvers : Math.max(approvers, WITHOUT_A_HUMAN);
    }

    private boolean wasAskedBy(String user) {
      return user.equals(requester) || others.contains(user);
    }
  }

  /** An approval that counts. */
  public record Accepted(String uid, String user) {}

  /** Somebody said no. */
  public record Rejection(String user, String comment) {
    /** In words. */
    public String said() {
      return user + (comment == null ? " said no" : ": " + comment.strip());
    }
  }

  /** An approval that does not count, though it might be meant to, and why. */
  public record Ignored(String name, String user, String reason) {}

  /**
   * The outcome.
   *
   * @param accepted oldest first, one for each person
   * @param enough the level may act: enough people approved, and nobody rejected
   * @param rejection the oldest one; null: none
   */
  public record Count(
      List<Accepted> accepted, boolean enough, Rejection rejection, List<Ignored> ignored) {}

  /**
   * Counts the approvals of a namespace for one question.
   *
   * @param policyChangedAt what was created until then does not prove who wrote it
   */
  public static Count count(List<Approval> approvals, Question question, Instant policyChangedAt) {
    var accepted = new ArrayList<Accepted>();
    var ignored = new ArrayList<Ignored>();
    var users = new HashSet<String>();
    Rejection rejection = null;
    for (var approval : approvals.stream().sorted(OLDEST_FIRST).toList()) {
      var reason = notAbout(approval, question);
      if (reason == null && approval.getSpec().decision() == Decision.Reject) {
        rejection = rejection == null ? rejection(approval) : rejection;
        continue;
      }
      reason = reason == null ? notValid(approval, question, policyChangedAt) : reason;
      if (reason == null && !users.add(user(approval))) {
        reason = "%s approved already; each person counts once.".formatted(user(approval));
      }
      if (reason == null) {
        accepted.add(new Accepted(approval.getMetadata().getUid(), user(approval)));
      } else if (!served(approval, question)) {
        ignored.add(new Ignored(approval.getMetadata().getName(), user(approval), reason));
      }
    }
    var enough = rejection == null && accepted.size() >= question.needed();
    return new Count(List.copyOf(accepted), enough, rejection, List.copyOf(ignored));
  }

  /** It let something else be done, as it was meant to: there is nothing to explain. */
  private static boolean served(Approval approval, Question question) {
    return question.consumed().contains(approval.getMetadata().getUid())
        && approval.getSpec() != null
        && !(Objects.equals(approval.getSpec().level(), question.level())
            && Objects.equals(approval.getSpec().item(), question.item()));
  }

  private static final Comparator<Approval> OLDEST_FIRST =
      Comparator.comparing(Ballot::created).thenComparing(it -> it.getMetadata().getName());

  private static Rejection rejection(Approval approval) {
    return new Rejection(user(approval), approval.getSpec().comment());
  }

  /** Why it is about something else; null: it is about the question. */
  private static String notAbout(Approval approval, Question question) {
    var spec = approval.getSpec();
    if (spec == null) {
      return "It was written for a newer version of Backstep and is not understood.";
    }
    if (approval.isMarkedForDeletion()) {
      return "It is being deleted.";
    }
    if (!spec.targetRef().uid().equals(question.targetUid())) {
      return "It is for another object: targetRef.uid is %s, this one has %s."
          .formatted(spec.targetRef().uid(), question.targetUid());
    }
    if (!spec.runId().equals(question.runId())) {
      return differs("run", spec.runId(), question.runId());
    }
    if (!Objects.equals(spec.level(), question.level())) {
      return differs("level", spec.level(), question.level());
    }
    if (!Objects.equals(spec.item(), question.item())) {
      return spec.item() == null
          ? "It is for the level itself, not for item %s.".formatted(question.item())
          : question.item() == null
              ? "It answers item %s and does not approve the level.".formatted(spec.item())
              : differs("item", spec.item(), question.item());
    }
    if (!spec.hash().equals(question.hash())) {
      return "It is for other actions: its hash is %s, what would be done now has %s. Look at what would be done and approve again."
          .formatted(spec.hash(), question.hash());
    }
    return null;
  }

  private static String differs(String what, String said, String wanted) {
    return "It is for %s %s, not for %s.".formatted(what, said, wanted);
  }

  /** Why an approval of the question does not count; null: it does. */
  private static String notValid(Approval approval, Question question, Instant policyChangedAt) {
    var created = created(approval);
    var user = user(approval);
    if (question.consumed().contains(approval.getMetadata().getUid())) {
      return "It was used already; each approval counts once.";
    }
    if (question.fourEyes() && question.wasAskedBy(user)) {
      return "%s asked for it; somebody else has to approve it.".formatted(user);
    }
    if (question.fourEyes() && isServiceAccount(user)) {
      return "%s is a ServiceAccount; a person has to approve.".formatted(user);
    }
    // Times have whole seconds: in the same second it may have been before.
    if (!created.isAfter(policyChangedAt)) {
      return "It was created at %s, not after the admission policies were changed at %s: it is not sure who wrote it. Approve again."
          .formatted(created, policyChangedAt);
    }
    if (!question.now().isBefore(created.plus(question.validFor()))) {
      return "It expired at %s. Approve again.".formatted(created.plus(question.validFor()));
    }
    return null;
  }

  private static String user(Approval approval) {
    return approval.getSpec() == null ? "somebody" : approval.getSpec().approver();
  }

  private static Instant created(Approval approval) {
    return OffsetDateTime.parse(approval.getMetadata().getCreationTimestamp()).toInstant();
  }

  private static boolean isServiceAccount(String user) {
    return user.startsWith(SERVICE_ACCOUNT);
  }
}
