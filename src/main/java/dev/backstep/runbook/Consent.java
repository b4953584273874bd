package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import java.util.List;

/**
 * What humans say to a level that wants to be approved.
 *
 * @param wants how many different people have to agree
 * @param given who agreed, as far as it counts
 * @param rejection who said no, and why; null: nobody
 * @param ignored approvals that do not count, each with the reason
 * @param policyProblem why approvals cannot be trusted now; null: they can
 */
public record Consent(
    int wants,
    List<ApprovalStatus.Given> given,
    String rejection,
    List<String> ignored,
    String policyProblem) {

  /** The status is not the place for all of them. */
  public Consent {
    ignored = ignored.stream().limit(10).toList();
  }

  boolean enough() {
    return given.size() >= wants;
  }
}
