package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the names of images stand for, as pods say it. */
class ImageDigestsTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  private final LoopbackApi api = new LoopbackApi();
  private final ImageDigests digests = new ImageDigests(api.client());

  @AfterEach
  void stop() {
    api.close();
  }

  private static Pod pod(String imageId) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web-1")
        .addToLabels("app", "web")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage("app:v1")
        .endContainer()
        .addNewInitContainer()
        .withName("migrate")
        .withImage("migrate:v1")
        .endInitContainer()
        .endSpec()
        .withNewStatus()
        .addNewContainerStatus()
        .withName("app")
        .withImageID(imageId)
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private Map<String, String> of() {
    return digests.of(Workloads.workload(Workloads.deployment("web", "app:v1").build()));
  }

  @Test
  void runtimesWriteItAfterTheRepositoryOrAlone() {
    api.has(pod("docker-pullable://registry.example/app@" + DIGEST));
    assertThat(of()).containsOnlyKeys("app:v1").containsEntry("app:v1", DIGEST);

    api.has(pod(DIGEST));
    assertThat(of()).containsEntry("app:v1", DIGEST);
  }

  @Test
  void whatNoPodSaysIsNotKnown() {
    assertThat(of()).isEmpty();

    api.has(pod(""));
    assertThat(of()).isEmpty();
  }
}
