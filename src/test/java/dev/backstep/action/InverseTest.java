package dev.backstep.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatusBuilder;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Change;
import dev.backstep.cluster.ChangeBuilder;
import dev.backstep.cluster.Images;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.effect.Work;
import dev.backstep.testing.LoopbackApi;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InverseTest {
  private final LoopbackApi api = new LoopbackApi();
  private final PodTemplates templates = new PodTemplates(api.client());
  private final Kept kept = new Kept(api.client());
  private final Inverse inverse = new Inverse(api.client(), kept);

  /** Images that are in memory. */
  private static final class Kept extends Images {
    private final Map<String, List<Change>> changes = new HashMap<>();

    Kept(KubernetesClient client) {
      super(client);
    }

    @Override
    public List<Change> of(String namespace, String mark) {
      return changes.getOrDefault(mark, List.of());
    }
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private static Deployment web(String image, String restartedAt) {
    var annotations =
        restartedAt == null
            ? Map.<String, String>of()
            : Map.of(Annotations.RESTARTED_AT, restartedAt);
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web")
        .withUid("uid-web")
        .withGeneration(7L)
        .withResourceVersion("42")
        .endMetadata()
        .withNewSpec()
        .withReplicas(3)
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", "web")
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage(image)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private ObjectNode template(Deployment deployment) {
    return templates.json(deployment.getSpec().getTemplate());
  }

  /** The action once made the one of the other. */
  private ActionStatus rolledBack(Deployment from, Deployment to) {
    var change =
        ChangeBuilder.of(from)
            .set(PodTemplates.POINTER, template(from), template(to))
            .build("Deployment web: back");
    kept.changes.put("bs-run-1/back/1", List.of(change));
    return ActionStatusBuilder.builder().name("back").effects(1).refused(List.of()).build();
  }

  private Step left(ActionStatus action) {
    return inverse.of("shop", "bs-run-1", action);
  }

  private static JsonNode put(Step step, String pointer) {
    assertThat(step.changes()).hasSize(1);
    for (var operation : step.changes().get(0).patch()) {
      if (operation.path("path").asText().equals(pointer)) {
        return operation.path("value");
      }
    }
    throw new AssertionError("nothing is written to " + pointer);
  }

  @Test
  void whatItChangedComesBack() {
    var action = rolledBack(web("app:v2", null), web("app:v1", null));
    api.has(web("app:v1", null));

    assertThat(put(left(action), PodTemplates.POINTER)).isEqualTo(template(web("app:v2", null)));
  }

  @Test
  void whatSomebodyElseChangedIsLeftAndNamed() {
    var action = rolledBack(web("app:v2", null), web("app:v1", null));
    api.has(web("app:v3", null));

    assertThat(left(action).work())
        .isEqualTo(
            new Work.Drifted(
                "Deployment web: somebody else changed it since, so it was left as it is."));
  }

  @Test
  void aRestartSinceIsNobodysChangeAndStays() {
    var action = rolledBack(web("app:v2", null), web("app:v1", null));
    api.has(web("app:v1", "2026-11-21T14:05:00Z"));

    assertThat(put(left(action), PodTemplates.POINTER))
        .isEqualTo(template(web("app:v2", "2026-11-21T14:05:00Z")));
  }

  @Test
  void whatIsAsBeforeUpToARestartIsUndone() {
    var action = rolledBack(web("app:v2", "2026-11-21T12:00:00Z"), web("app:v1", null));
    api.has(web("app:v2", "2026-11-21T14:05:00Z"));

    assertThat(left(action).work())
        .isEqualTo(new Work.Observed("Deployment web: as before the run."));
  }

  @Test
  void podsThatWereOnlyRestartedAreRestartedOnceMore() {
    var restarted = web("app:v1", "2026-11-21T14:05:00Z");
    var action = rolledBack(web("app:v1", null), restarted);
    api.has(restarted);

    assertThat(put(left(action), PodTemplates.POINTER)).isEqualTo(template(web("app:v1", null)));
    api.has(web("app:v1", null));
    assertThat(left(action).work()).isInstanceOf(Work.Observed.class);
  }

  @Test
  void aTargetThatIsGoneOrNewIsNotTouched() {
    var action = rolledBack(web("app:v2", null), web("app:v1", null));

    assertThat(left(action).work()).isInstanceOf(Work.Observed.class);

    var again = web("app:v1", null);
    again.getMetadata().setUid("another");
    api.has(again);
    assertThat(left(action).work()).isInstanceOf(Work.Observed.class);
  }

  @Test
  void aPlaceThatWasEmptyIsEmptyAgain() {
    var action = rolledBack(web("app:v1", null), web("app:v1", null));
    var change =
        ChangeBuilder.of(web("app:v1", null))
            .set(
                "/spec/paused",
                JsonNodeFactory.instance.nullNode(),
                JsonNodeFactory.instance.booleanNode(true))
            .build("Deployment web: paused");
    kept.changes.put("bs-run-1/back/1", List.of(change));
    var paused = web("app:v1", null);
    paused.getSpec().setPaused(true);
    api.has(paused);

    var operations = left(action).changes().get(0).patch();

    assertThat(operations.toString()).contains("{\"op\":\"remove\",\"path\":\"/spec/paused\"}");
  }

  @Test
  void whatTheApiServerRefusedIsNotPutBack() {
    rolledBack(web("app:v2", null), web("app:v1", null));
    var refused =
        ActionStatusBuilder.builder()
            .name("back")
            .effects(1)
            .refused(List.of("1/Deployment/web"))
            .build();
    api.has(web("app:v1", null));

    assertThat(left(refused).work()).isEqualTo(new Work.Observed("nothing had been changed."));
  }

  @Test
  void whatIsNotKnownIsNotGuessed() {
    var action = ActionStatusBuilder.builder().name("back").effects(1).refused(List.of()).build();

    assertThat(left(action).work())
        .isInstanceOfSatisfying(
            Work.Impossible.class, it -> assertThat(it.reason()).isEqualTo("ImageLost"));
  }

  @Test
  void theFirstValueComesBackAfterManyEffects() {
    rolledBack(web("app:v2", null), web("app:v1", null));
    var again =
        ChangeBuilder.of(web("app:v1", null))
            .set(PodTemplates.POINTER, template(web("app:v1", null)), template(web("app:v0", null)))
            .build("Deployment web: further back");
    kept.changes.put("bs-run-1/back/2", List.of(again));
    var twice = ActionStatusBuilder.builder().name("back").effects(2).refused(List.of()).build();
    api.has(web("app:v0", null));

    assertThat(put(left(twice), PodTemplates.POINTER)).isEqualTo(template(web("app:v2", null)));
  }
}
