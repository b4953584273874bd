package dev.backstep.api.v1alpha1.value;

/** The kinds of workload that Backstep rolls back, restarts and measures. */
public enum WorkloadKind {
  Deployment,
  StatefulSet,
  DaemonSet,
  /** Of Argo Rollouts. */
  Rollout
}
