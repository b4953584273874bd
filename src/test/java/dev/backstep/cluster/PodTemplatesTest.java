package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodTemplatesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final LoopbackApi api = new LoopbackApi();
  private final PodTemplates templates = new PodTemplates(api.client());

  @AfterEach
  void stop() {
    api.close();
  }

  private static PodTemplateSpecBuilder pod(String image) {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .addToLabels("app", "web")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage(image)
        .endContainer()
        .endSpec();
  }

  private static PodTemplateSpec restartedAt(String time) {
    return pod("app:v1")
        .editMetadata()
        .addToAnnotations(Annotations.RESTARTED_AT, time)
        .endMetadata()
        .build();
  }

  private ObjectNode json(PodTemplateSpec template) {
    return templates.json(template);
  }

  @Test
  void aRestartMakesNoDifferenceAndEverythingElseDoes() {
    var plain = json(pod("app:v1").build());
    var annotated =
        pod("app:v1").editMetadata().addToAnnotations("team", "shop").endMetadata().build();

    assertThat(PodTemplates.same(plain, json(restartedAt("2026-11-21T12:00:00Z")))).isTrue();
    assertThat(PodTemplates.same(plain, json(pod("app:v2").build()))).isFalse();
    assertThat(PodTemplates.same(plain, json(annotated))).isFalse();
    assertThat(PodTemplates.same(json(annotated), json(annotated))).isTrue();
  }

  @Test
  void whenItWasCreatedMakesNoDifference() {
    var created = json(pod("app:v1").build());
    created.withObject("/metadata").putNull("creationTimestamp");

    assertThat(PodTemplates.same(created, json(pod("app:v1").build()))).isTrue();
  }

  /** One was parsed from text, the other made from an object. */
  @Test
  void whatSortOfNumberItIsMakesNoDifferenceAndTheOrderOfMembersNeither() {
    var plain = json(pod("app:v1").build());
    var one = plain.deepCopy();
    var other = plain.deepCopy();
    one.withObject("/spec").put("terminationGracePeriodSeconds", 2).put("hostIPC", true);
    other.withObject("/spec").put("hostIPC", true).put("terminationGracePeriodSeconds", 2L);

    assertThat(one).isNotEqualTo(other);
    assertThat(PodTemplates.same(one, other)).isTrue();
    other.withObject("/spec").put("terminationGracePeriodSeconds", 3L);
    assertThat(PodTemplates.same(one, other)).isFalse();
    other.withObject("/spec").put("terminationGracePeriodSeconds", "2");
    assertThat(PodTemplates.same(one, other)).isFalse();
  }

  private static Workload web(PodTemplateSpec template) {
    var web = Workloads.deployment("web", "app:v1").build();
    web.getSpec().setTemplate(template);
    return Workloads.workload(web);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-21T12:00:00Z, true",
    "2026-11-21T12:00:01Z, true",
    "2026-11-21T13:00:00+01:00, true",
    "2026-11-21T11:59:59Z, false",
    "yesterday, false",
  })
  void aRestartCountsSinceThatTime(String at, boolean since) {
    assertThat(web(restartedAt(at)).restartedSince(NOON)).isEqualTo(since);
  }

  @Test
  void whatWasNeverRestartedWasNotRestartedSince() {
    assertThat(web(pod("app:v1").build()).restartedSince(NOON)).isFalse();
    assertThat(web(new PodTemplateSpec()).restartedSince(NOON)).isFalse();
  }

  @Test
  void aRestartIsTheAnnotationOfKubectlAndNothingElse() {
    var plain = json(pod("app:v1").build());

    var restarted = PodTemplates.restarted(plain, NOON);

    assertThat(templates.parse(restarted)).isEqualTo(restartedAt(NOON.toString()));
    assertThat(plain).isEqualTo(json(pod("app:v1").build()));
  }

  @Test
  void aTemplateTakesOverWhenAnotherOneWasRestarted() {
    var old = json(pod("app:v1").build());

    assertThat(PodTemplates.restartedLike(old, json(restartedAt("2026-11-21T12:00:00Z"))))
        .isEqualTo(json(restartedAt("2026-11-21T12:00:00Z")));
    assertThat(PodTemplates.restartedLike(old, json(pod("app:v2").build()))).isEqualTo(old);
  }

  @Test
  void itsImagesAreThoseOfAllContainersInitContainersLast() {
    var template =
        pod("app:v1")
            .editSpec()
            .addNewInitContainer()
            .withName("migrate")
            .withImage("db:v1")
            .endInitContainer()
            .endSpec()
            .build();

    assertThat(PodTemplates.images(template)).isEqualTo("app:v1 db:v1");
  }

  @Test
  void theConfigMapsAreFoundWhereverPodsReadThem() {
    var template =
        pod("app:v1")
            .editSpec()
            .addNewVolume()
            .withName("a")
            .withNewConfigMap()
            .withName("from-volume")
            .endConfigMap()
            .endVolume()
            .addNewVolume()
            .withName("b")
            .withNewProjected()
            .addNewSource()
            .withNewConfigMap()
            .withName("from-projection")
            .endConfigMap()
            .endSource()
            .addNewSource()
            .withNewSecret()
            .withName("secret")
            .endSecret()
            .endSource()
            .endProjected()
            .endVolume()
            .addNewVolume()
            .withName("c")
            .withNewEmptyDir()
            .endEmptyDir()
            .endVolume()
            .editContainer(0)
            .addNewEnvFrom()
            .withNewConfigMapRef()
            .withName("from-env")
            .endConfigMapRef()
            .endEnvFrom()
            .addNewEnvFrom()
            .withNewSecretRef()
            .withName("secret")
            .endSecretRef()
            .endEnvFrom()
            .addNewEnv()
            .withName("PLAIN")
            .withValue("x")
            .endEnv()
            .addNewEnv()
            .withName("FIELD")
            .withNewValueFrom()
            .withNewFieldRef()
            .withFieldPath("metadata.name")
            .endFieldRef()
            .endValueFrom()
            .endEnv()
            .endContainer()
            .addNewInitContainer()
            .withName("init")
            .addNewEnv()
            .withName("KEY")
            .withNewValueFrom()
            .withNewConfigMapKeyRef()
            .withName("from-key")
            .endConfigMapKeyRef()
            .endValueFrom()
            .endEnv()
            .endInitContainer()
            .endSpec()
            .build();

    assertThat(PodTemplates.configMaps(template))
        .containsExactly("from-env", "from-key", "from-projection", "from-volume");
  }
}
