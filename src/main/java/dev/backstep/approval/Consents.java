package dev.backstep.approval;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.approval.Ballot.Count;
import dev.backstep.approval.Ballot.Ignored;
import dev.backstep.approval.Ballot.Question;
import io.fabric8.kubernetes.api.model.HasMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What humans say, by Approvals, to what an object asks. */
@ApplicationScoped
public class Consents {
  private final PolicyProbe policy;

  public Consents(PolicyProbe policy) {
    this.policy = policy;
  }

  /**
   * What was said.
   *
   * @param unproven why nobody knows who wrote the approvals, so that none counts; empty: it is
   *     proven
   */
  public record Poll(Count count, Optional<String> unproven) {}

  /** What these approvals say to what an object asks. */
  public Poll poll(HasMetadata asking, List<Approval> approvals, Question question) {
    var state = policy.state(asking.getMetadata().getNamespace(), asking.getPlural());
    return state.inForce()
        ? new Poll(Ballot.count(approvals, question, state.changedAt()), Optional.empty())
        : new Poll(Ballot.count(approvals, question, Instant.MAX), Optional.of(state.message()));
  }

  /** Those that do not answer the question, whoever wrote them. */
  public List<Ignored> ignored(List<Approval> approvals, Question question) {
    return approvals.isEmpty()
        ? List.of()
        : Ballot.count(approvals, question, Instant.EPOCH).ignored();
  }

  /** Those that were not written before that moment, as far as whole seconds tell. */
  public static List<Approval> since(Instant moment, List<Approval> all) {
    var first = moment.truncatedTo(ChronoUnit.SECONDS);
    return all.stream()
        .filter(
            approval ->
                !Instant.parse(approval.getMetadata().getCreationTimestamp()).isBefore(first))
        .toList();
  }
}
