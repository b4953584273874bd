package dev.backstep.action.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.ImageDigests;
import dev.backstep.cluster.LeapingClock;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.stable.StableContent;
import dev.backstep.stable.StableRevisions;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whether a stable revision is other than what ran when the run began. */
class BaselineTest {
  private static final WorkloadRef WEB = new WorkloadRef(WorkloadKind.Deployment, "web");
  private static final WorkloadRef API = new WorkloadRef(WorkloadKind.Deployment, "api");

  private final LoopbackApi api = new LoopbackApi();
  private final StableRevisions revisions =
      new StableRevisions(
          api.client(),
          new ConfigMaps(api.client(), new LeapingClock()),
          new PodTemplates(api.client()),
          new ImageDigests(api.client()));

  @AfterEach
  void stop() {
    api.close();
  }

  private static Deployment reading(String name, String image, String configMap) {
    return Workloads.deployment(name, image)
        .editSpec()
        .editTemplate()
        .editSpec()
        .editContainer(0)
        .addNewEnvFrom()
        .withNewConfigMapRef(configMap, false)
        .endEnvFrom()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private void configMap(String name, String mode) {
    api.has(
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName(name)
            .endMetadata()
            .addToData("mode", mode)
            .build());
  }

  private StableContent now(Deployment... deployments) {
    var there = Workloads.of(deployments);
    return revisions.now("shop", revisions.running("shop", List.of(WEB, API), there));
  }

  @Test
  void aWorkloadDiffersByItsTemplateOrByWhatItReads() {
    // given
    configMap("mode", "ok");
    var web = reading("web", "app:v1", "mode");
    var baseline = Baseline.of(now(web));

    // then
    assertThat(baseline.templates()).containsOnlyKeys("Deployment web");
    assertThat(baseline.configMaps()).containsOnlyKeys("Deployment web");
    assertThat(baseline.differs(WEB, now(web), true)).isFalse();
    assertThat(baseline.differs(WEB, now(reading("web", "app:v2", "mode")), false)).isTrue();
    assertThat(baseline.differs(API, now(web), true)).as("it is not in that state").isFalse();
    configMap("mode", "broken");
    assertThat(baseline.differs(WEB, now(web), true)).isTrue();
    assertThat(baseline.differs(WEB, now(web), false)).isFalse();
  }

  @Test
  void aConfigMapThatAnotherWorkloadReadsMakesNoDifference() {
    // given
    configMap("mode", "ok");
    configMap("other", "ok");
    var web = reading("web", "app:v1", "mode");
    var other = reading("api", "app:v1", "other");
    var baseline = Baseline.of(now(web, other));

    // when
    configMap("other", "broken");

    // then
    assertThat(baseline.differs(WEB, now(web, other), true)).isFalse();
    assertThat(baseline.differs(API, now(web, other), true)).isTrue();
  }
}
