package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Autoscalers.Limits;
import dev.backstep.effect.Author;
import dev.backstep.testing.LoopbackApi;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What scales workloads by itself, asked for on the author's rights. */
class AutoscalersTest {
  private static final WorkloadRef WORKER = new WorkloadRef(WorkloadKind.Deployment, "worker");
  private static final WorkloadRef WEB = new WorkloadRef(WorkloadKind.Deployment, "web");
  private static final String LIST =
      "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers";

  private final LoopbackApi api = new LoopbackApi();
  private final Autoscalers autoscalers = new Autoscalers(new Impersonation(api.client()));

  @AfterEach
  void stop() {
    api.close();
  }

  private Autoscalers.Seen seen() {
    return autoscalers.of(new Author("shop", "runner"));
  }

  private static HorizontalPodAutoscaler scaling(String kind, String name, Integer min, int max) {
    return new HorizontalPodAutoscalerBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("scales-" + name)
        .endMetadata()
        .withNewSpec()
        .withNewScaleTargetRef("apps/v1", kind, name)
        .withMinReplicas(min)
        .withMaxReplicas(max)
        .endSpec()
        .build();
  }

  @Test
  void theOneOfAWorkloadIsFoundAndAskedForOnce() {
    // given
    api.has(scaling("Deployment", "worker", 2, 10));
    api.has(scaling("StatefulSet", "web", 2, 10));
    api.has(scaling("ReplicationController", "old", 2, 10));

    // when
    var seen = seen();

    // then
    assertThat(api.asked()).isEmpty();
    assertThat(seen.of(WORKER)).contains(new Limits("scales-worker", WORKER, 2, 10));
    assertThat(seen.of(WEB)).isEmpty();
    assertThat(seen.unknown()).isEmpty();
    assertThat(api.asked())
        .singleElement()
        .satisfies(it -> assertThat(it.user()).isEqualTo("system:serviceaccount:shop:runner"));
  }

  @Test
  void withoutALeastNumberItLeavesOne() {
    // given
    api.has(scaling("Deployment", "worker", null, 3));

    // then
    assertThat(seen().of(WORKER)).map(Limits::min).contains(1);
  }

  @Test
  void whoMayNotKnowIsToldSoAndGoesOn() {
    // given
    api.refusesAt("GET", LIST, 403, "forbidden");

    // when
    var seen = seen();

    // then
    assertThat(seen.of(WORKER)).isEmpty();
    assertThat(seen.unknown())
        .contains(
            "whether an autoscaler limits that is not known, because ServiceAccount shop/runner may not list horizontalpodautoscalers.autoscaling");
  }

  @Test
  void whatCannotBeAskedNowIsAskedAgain() {
    // given
    api.refusesAt("GET", LIST, 503, "no leader");
    api.has(scaling("Deployment", "worker", 2, 10));

    // then
    assertThatThrownBy(() -> seen().of(WORKER)).isInstanceOf(KubernetesClientException.class);
    assertThat(seen().of(WORKER)).isPresent();
  }

  @Test
  void anAutoscalerChoosesWithinItsLimitsAndLeavesWhatIsOffAlone() {
    // given
    var limits = new Limits("scales-worker", WORKER, 2, 10);

    // then
    assertThat(limits.nearest(1)).isEqualTo(2);
    assertThat(limits.nearest(3)).isEqualTo(3);
    assertThat(limits.nearest(11)).isEqualTo(10);
    assertThat(limits.nearest(0)).isZero();
    assertThat(limits.allow(2)).isTrue();
    assertThat(limits.allow(1)).isFalse();
    assertThat(limits.allow(0)).isFalse();
  }
}
