package dev.backstep.gate;

import dev.backstep.cluster.WorkloadLookup;
import java.time.Duration;

/**
 * What a measurement may know.
 *
 * @param namespace the plan's namespace
 * @param serviceAccount the plan's ServiceAccount, which reads Secrets
 * @param workloads the cluster's workloads
 */
public record GateScope(String namespace, String serviceAccount, WorkloadLookup workloads) {
  /** No measurement may take longer. */
  public static final Duration LIMIT = Duration.ofSeconds(70);
}
