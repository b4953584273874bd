package dev.backstep.testing;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;

/** Pods of namespace shop whose one container does not start. */
public final class WaitingPods {
  private WaitingPods() {}

  /** Its image cannot be pulled. */
  public static Pod inVain(String image) {
    return of(image, "ImagePullBackOff");
  }

  /** It waits for the reason that the kubelet gives. */
  public static Pod of(String image, String reason) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("in-vain")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage(image)
        .endContainer()
        .endSpec()
        .withNewStatus()
        .addNewContainerStatus()
        .withName("app")
        .withNewState()
        .withNewWaiting()
        .withReason(reason)
        .endWaiting()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
