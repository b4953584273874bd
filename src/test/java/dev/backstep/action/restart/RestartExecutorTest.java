package dev.backstep.action.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.Restart;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Annotations;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Edit;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestartExecutorTest {
  private static final Restart RESTART =
      new Restart(List.of(new WorkloadRef(WorkloadKind.Deployment, "web")));

  private final LoopbackApi api = new LoopbackApi();
  private final Workloads workloads = Workloads.of();
  private final RestartExecutor executor = new RestartExecutor(workloads.targets(api.client()));

  @AfterEach
  void stop() {
    api.close();
  }

  private static Deployment restartedAt(Instant time) {
    return Workloads.deployment("web", "app:v1")
        .editSpec()
        .editTemplate()
        .editMetadata()
        .addToAnnotations(Annotations.RESTARTED_AT, time.toString())
        .endMetadata()
        .endTemplate()
        .endSpec()
        .build();
  }

  private Step next(Deployment deployment) {
    workloads.has(deployment);
    return executor.next(RESTART, Scopes.of()).toCompletableFuture().join();
  }

  @Test
  void podsThatWereNotRestartedSinceTheLevelBeganAre() {
    var earlier = restartedAt(Scopes.SINCE.minusSeconds(1));

    var change = (ObjectPatch) next(earlier).effects().get(0);

    assertThat(change.patch().toString())
        .contains("\"path\":\"/spec/template/metadata\"")
        .contains("\"kubectl.kubernetes.io/restartedAt\":\"" + Scopes.SINCE + "\"")
        .doesNotContain("containers");
    assertThat(change.edits().get(0).before().toString())
        .contains(Scopes.SINCE.minusSeconds(1).toString());
    assertThat(change.summary()).isEqualTo("Deployment web: restart all pods");
  }

  @Test
  void aTemplateWithoutMetadataGetsSome() {
    var bare =
        Workloads.deployment("web", "app:v1")
            .editSpec()
            .editTemplate()
            .withMetadata(null)
            .endTemplate()
            .endSpec()
            .build();

    var change = (ObjectPatch) next(bare).effects().get(0);
    assertThat(change.edits().get(0).before().isNull()).isTrue();
  }

  @Test
  void podsThatWereRestartedSinceAreNotRestartedAgain() {
    assertThat(next(restartedAt(Scopes.SINCE)).work()).isInstanceOf(Work.Observed.class);
    assertThat(next(restartedAt(Scopes.SINCE.plusSeconds(9))).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void whatWouldNotBeRolledOutIsAProblem() {
    var paused =
        Workloads.deployment("web", "app:v1").editSpec().withPaused(true).endSpec().build();

    workloads.has(paused);

    assertThat(Scopes.now(executor.preflight(RESTART, Scopes.of())))
        .extracting(Problem::reason)
        .containsExactly("TargetPaused");
  }

  @Test
  void itIsNotPutBackAndNeedsTheRightToPatch() {
    var change = (ObjectPatch) next(restartedAt(Scopes.SINCE.minusSeconds(1))).effects().get(0);
    assertThat(change.edits()).extracting(Edit::inverse).containsOnly(Edit.Inverse.NONE);
    assertThat(executor.targets(RESTART)).isEqualTo(RESTART.workloads());
    assertThat(executor.rights(RESTART, Scopes.of()))
        .extracting(right -> right.verb() + " " + right.resource() + " " + right.names())
        .containsExactly("patch deployments [web]");
  }
}
