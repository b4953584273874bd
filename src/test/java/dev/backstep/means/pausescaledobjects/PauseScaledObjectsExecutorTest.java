package dev.backstep.means.pausescaledobjects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.sync.PauseScaledObjects;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.MeansYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.zjsonpatch.JsonPatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What KEDA scales, kept at zero by KEDA itself. */
class PauseScaledObjectsExecutorTest {
  private static final String PATH = "/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/fleet";
  private static final String PAUSED_AT_ZERO = ", \"autoscaling.keda.sh/paused-replicas\": \"0\"";
  private static final PauseScaledObjects FLEET =
      MeansYaml.of("pauseScaledObjects: {names: [fleet]}").pauseScaledObjects();

  private final LoopbackApi api = new LoopbackApi();
  private final Workloads workloads = Workloads.of();
  private final PauseScaledObjectsExecutor executor =
      new PauseScaledObjectsExecutor(
          new ScaledObjects(api.client(), workloads.targets(api.client())));
  private final List<Hold> holds = new ArrayList<>();

  @AfterEach
  void stop() {
    api.close();
  }

  private ActionScope scope() {
    return Scopes.of().with().holds(holds).build();
  }

  private static String object(String annotations, String status) {
    return """
        {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject",
         "metadata": {"namespace": "shop", "name": "fleet", "uid": "u", "resourceVersion": "7",
                      "annotations": {"team": "shop"%s}},
         "spec": {"scaleTargetRef": {"name": "worker"}}, "status": {%s}}
        """
        .formatted(annotations, status);
  }

  private Step next(String annotations, String status) {
    api.answersAt("GET", PATH, object(annotations, status));
    return Scopes.now(executor.next(FLEET, scope()));
  }

  /** As it is once the effect is there. */
  private ObjectNode patched(ObjectPatch patch, String annotations) {
    var json =
        api.client()
            .getKubernetesSerialization()
            .unmarshal(object(annotations, ""), ObjectNode.class);
    return (ObjectNode) JsonPatch.apply(patch.patch(), json);
  }

  private void worker(int replicas) {
    workloads.has(
        new DeploymentBuilder(Workloads.deployment("worker", "app:v1").build())
            .editSpec()
            .withReplicas(replicas)
            .endSpec()
            .withNewStatus()
            .withObservedGeneration(
                Workloads.deployment("worker", "app:v1").build().getMetadata().getGeneration())
            .withReplicas(replicas)
            .withUpdatedReplicas(replicas)
            .withReadyReplicas(replicas)
            .withAvailableReplicas(replicas)
            .endStatus()
            .build());
  }

  @Test
  void itIsPausedAtZeroAndHeld() {
    // given
    worker(3);

    // when
    var patch = (ObjectPatch) next("", "").effects().get(0);

    // then
    assertThat(patch.summary()).isEqualTo("ScaledObject fleet: paused at 0 replicas");
    assertThat(patch.takes().original()).isEqualTo("not paused there");
    assertThat(patched(patch, "").at("/metadata/annotations").toString())
        .isEqualTo("{\"team\":\"shop\",\"autoscaling.keda.sh/paused-replicas\":\"0\"}");
    assertThat(patch.edits().get(0).before().isNull()).isTrue();
  }

  @Test
  void anotherNumberComesBackAndOneThatWasPausedAtZeroStaysSo() {
    // given
    worker(3);
    var three = ", \"autoscaling.keda.sh/paused-replicas\": \"3\"";

    // then
    assertThat(((ObjectPatch) next(three, "").effects().get(0)).edits().get(0).before().asText())
        .isEqualTo("3");
    var already = (ObjectPatch) next(PAUSED_AT_ZERO, "").effects().get(0);
    assertThat(already.edits()).isEmpty();
    assertThat(already.takes().bringsBack()).isFalse();
  }

  /** The annotation alone says nothing: KEDA has to act on it. */
  @Test
  void itIsOffOnceKedaSaysSoAndThePodsAreGone() {
    // given
    worker(3);
    holds.add(((ObjectPatch) next("", "").effects().get(0)).takes());

    // then
    assertThat(next(PAUSED_AT_ZERO, "").work())
        .isEqualTo(
            new Work.Rolling(
                "KEDA has not paused ScaledObject fleet yet. Where that lasts, look whether KEDA runs.",
                Duration.ofSeconds(2)));
    assertThat(next(PAUSED_AT_ZERO, "\"pausedReplicaCount\": 0").work().message())
        .startsWith("Deployment worker, which ScaledObject fleet scales, has pods yet: ");
    worker(0);
    assertThat(next(PAUSED_AT_ZERO, "\"pausedReplicaCount\": 0").work().isSettled()).isTrue();
    assertThat(
            next(PAUSED_AT_ZERO, "\"conditions\": [{\"type\": \"Paused\", \"status\": \"True\"}]")
                .work()
                .isSettled())
        .isTrue();
  }

  /** Their number would be lost: KEDA leaves it as it is, and so would not bring it back. */
  @Test
  void oneThatWasPausedWithPodsIsRefused() {
    // given
    worker(3);
    var paused = ", \"autoscaling.keda.sh/paused\": \"true\"";

    // then
    assertThat(next(paused, "").work())
        .isEqualTo(
            new Work.Impossible(
                "PausedWithPods",
                "Somebody paused ScaledObject fleet while Deployment worker has pods, and KEDA would not bring their number back. Keep that off by a means of kind scale instead."));
    worker(0);
    assertThat(next(paused, "").effects()).hasSize(1);
  }

  /** Paused at zero, it would give nothing back any more. */
  @Test
  void whatScalesBackstepItselfIsRefused() {
    // given
    workloads.has(
        new DeploymentBuilder(Workloads.deployment("worker", "app:v1").build())
            .editMetadata()
            .addToLabels("backstep.dev/operator", "true")
            .endMetadata()
            .build());

    // then
    assertThat(next("", "").work())
        .isEqualTo(
            new Work.Impossible(
                "TargetIsBackstep",
                "Deployment worker is Backstep itself, which would give nothing back any more. Take it out of back."));
    api.answersAt("GET", PATH, object("", ""));
    assertThat(Scopes.now(executor.preflight(FLEET, scope())))
        .extracting(Problem::reason)
        .containsExactly("TargetIsBackstep");
  }

  @Test
  void whetherItIsMissingOrAllOfKedaIsToldApart() {
    // given
    var kinds = "{\"resources\": [{\"kind\": \"ScaledObject\", \"name\": \"scaledobjects\"}]}";

    // then
    assertThat(Scopes.now(executor.preflight(FLEET, scope())))
        .containsExactly(
            new Problem(
                "KindAbsent",
                "KEDA is not installed in the cluster, so there is no ScaledObject fleet. Install it, or take that out of means back."));
    api.answersAt("GET", "/apis/keda.sh/v1alpha1", kinds);
    assertThat(Scopes.now(executor.preflight(FLEET, scope())))
        .containsExactly(
            new Problem(
                "ScaledObjectAbsent",
                "ScaledObject fleet does not exist in namespace shop. Create it, or take it out of means back."));
  }

  @Test
  void itIsAHoldAndNeedsTheRightToPatchIt() {
    assertThat(executor.traits(FLEET)).isEqualTo(Traits.HOLD);
    assertThat(executor.rights(FLEET, scope()))
        .containsExactly(new Right("patch", "keda.sh", "scaledobjects", List.of("fleet")));
  }
}
