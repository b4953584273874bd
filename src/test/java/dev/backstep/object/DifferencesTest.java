package dev.backstep.object;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Impersonation;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DifferencesTest {
  private final LoopbackApi api = new LoopbackApi();
  private final Differences differences = new Differences(api.client());

  @AfterEach
  void stop() {
    api.close();
  }

  private static Deployment web() {
    return Workloads.deployment("web", "app:v1").build();
  }

  private List<String> differences(ObjectPatch change) {
    return differences.of(change, new Impersonation(api.client()).as("shop", "runner"));
  }

  private static ObjectPatch scaled() {
    var json = JsonNodeFactory.instance;
    return PatchBuilder.of(web())
        .set("/spec/replicas", json.numberNode(3), json.numberNode(0))
        .build("Deployment web: 3 -> 0");
  }

  @Test
  void everyPlaceThatWouldChangeIsShownAndWhatEveryWriteMovesIsNot() {
    var after =
        Workloads.deployment("web", "app:v1")
            .editMetadata()
            .withGeneration(8L)
            .withResourceVersion("43")
            .addToAnnotations(Annotations.MARK, "dry-run")
            .endMetadata()
            .editSpec()
            .withReplicas(0)
            .withPaused(true)
            .endSpec()
            .editStatus()
            .withReplicas(0)
            .endStatus()
            .build();
    after.getMetadata().getAnnotations().put("backstep.dev/other", "x");
    var before = web();
    before.getMetadata().setAnnotations(new HashMap<>());
    before.getMetadata().getAnnotations().put("team", "shop");
    after.getMetadata().getAnnotations().put("team", "shop");
    api.has(before).answers("PATCH", before, after);

    assertThat(differences(scaled()))
        .containsExactlyInAnyOrder(
            "Deployment web /spec/replicas: 3 -> 0",
            "Deployment web /spec/paused: (nothing) -> true");
  }

  @Test
  void itIsAskedAsThePlansServiceAccountAndWritesNothing() {
    api.has(web()).answers("PATCH", web(), web());

    differences(scaled());

    assertThat(api.asked())
        .filteredOn(it -> it.method().equals("PATCH"))
        .singleElement()
        .satisfies(it -> assertThat(it.user()).endsWith(":shop:runner"))
        .satisfies(it -> assertThat(it.query()).contains("dryRun=All"));
  }

  private static Deployment withEnv(EnvVar... env) {
    return Workloads.deployment("web", "app:v1")
        .editSpec()
        .editTemplate()
        .editSpec()
        .editContainer(0)
        .withEnv(env)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  /** Who may read a plan is not who may read a Deployment. */
  @Test
  void whatIsInAVariableIsNotShown() {
    // given
    var literal = new EnvVar("PASSWORD", "hunter2", null);
    var other = new EnvVar("OTHER", "hunter3", null);
    var ofSecret =
        new EnvVarBuilder()
            .withName("PASSWORD")
            .withNewValueFrom()
            .withNewSecretKeyRef("password", "db", null)
            .endValueFrom()
            .build();
    var changes =
        Map.of(
            withEnv(literal), withEnv(ofSecret),
            withEnv(other), withEnv(other, literal),
            withEnv(), withEnv(literal, other),
            withEnv(ofSecret), withEnv(new EnvVar("PASSWORD", "hunter4", null)));

    // then
    changes.forEach(
        (before, after) -> {
          api.has(before).answers("PATCH", before, after);
          assertThat(String.join("\n", differences(scaled())))
              .contains("/env", "(not shown)")
              .doesNotContain("hunter");
        });
  }

  /** A template that comes back may be another one as a whole. */
  @Test
  void norIsItWhereAllOfItsContainerIsAnother() {
    // given
    var before = withEnv();
    before.getSpec().getTemplate().getSpec().setContainers(List.of());
    var after = withEnv(new EnvVar("PASSWORD", "hunter2", null));
    api.has(before).answers("PATCH", before, after);

    // then
    assertThat(String.join("\n", differences(scaled())))
        .contains("app:v1", "(not shown)")
        .doesNotContain("hunter");
  }

  @Test
  void whatWouldBeRefusedIsSaid() {
    api.has(web()).refuses("PATCH", web(), 403, "no");

    assertThat(differences(scaled()))
        .singleElement()
        .asString()
        .isEqualTo("Deployment web: would be refused: no");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThat(differences(scaled())).containsExactly("Deployment web: does not exist");
  }
}
