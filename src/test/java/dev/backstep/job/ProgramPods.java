package dev.backstep.job;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;

/** Pods of Jobs that run a program of ours, each {@code pod-1} of namespace {@code shop}. */
public final class ProgramPods {
  /** Where the log of such a pod is. */
  public static final String LOG = "/api/v1/namespaces/shop/pods/pod-1/log";

  private ProgramPods() {}

  /** One whose program runs. */
  public static Pod running() {
    return in(new ContainerStateBuilder().withNewRunning().endRunning().build());
  }

  /** One whose program has ended, and said this last. */
  public static Pod ended(int code, String said) {
    return in(
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(code)
            .withMessage(said)
            .endTerminated()
            .build());
  }

  private static Pod in(ContainerState state) {
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
        .withState(state)
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
