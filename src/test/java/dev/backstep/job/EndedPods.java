package dev.backstep.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;

/** Pods of Jobs whose program has ended. */
public final class EndedPods {
  private EndedPods() {}

  /** One that said this last. */
  public static Pod saying(int code, String said) {
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
        .withNewTerminated()
        .withExitCode(code)
        .withMessage(said)
        .endTerminated()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
