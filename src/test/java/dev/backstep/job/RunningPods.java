package dev.backstep.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;

/** Pods of Jobs whose program runs. */
public final class RunningPods {
  /** Where the log is of the pod that is made here. */
  public static final String LOG = "/api/v1/namespaces/shop/pods/pod-1/log";

  private RunningPods() {}

  /** One in namespace {@code shop}. */
  public static Pod one() {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("pod-1")
        .withCreationTimestamp("2026-11-21T12:00:00Z")
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .withNewStatus()
        .addNewContainerStatus()
        .withNewState()
        .withNewRunning()
        .endRunning()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
