package dev.backstep.gate;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.runbook.ItemAnswers;
import java.time.Duration;

/**
 * What a measurement may know.
 *
 * @param namespace the plan's namespace
 * @param serviceAccount the plan's ServiceAccount, which reads Secrets
 * @param gate name of the gate that is measured
 * @param workloads the cluster's workloads
 * @param answers what humans answered to the items of the plan's current run
 */
public record GateScope(
    String namespace,
    String serviceAccount,
    String gate,
    WorkloadLookup workloads,
    ItemAnswers answers) {
  /** Nobody answers anything: outside of a run. */
  public GateScope(String namespace, String serviceAccount, WorkloadLookup workloads) {
    this(namespace, serviceAccount, null, workloads, ItemAnswers.NONE);
  }

  GateScope of(Gate measured) {
    return new GateScope(namespace, serviceAccount, measured.name(), workloads, answers);
  }

  /** No measurement may take longer. */
  public static final Duration LIMIT = Duration.ofSeconds(70);
}
