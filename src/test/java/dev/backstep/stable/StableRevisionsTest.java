package dev.backstep.stable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.ImageDigests;
import dev.backstep.cluster.LeapingClock;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Records;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.stable.StableContent.ConfigMapContent;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.LoopbackApi.Asked;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EnvFromSourceBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StableRevisionsTest {
  private static final String SHOP = "shop";
  private static final Records.Owner OWNER = new Records.Owner("RollbackPlan", SHOP, "web-plan");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
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

  private static Deployment deployment(String name, String image, String... configMaps) {
    var envFrom =
        List.of(configMaps).stream()
            .map(map -> new EnvFromSourceBuilder().withNewConfigMapRef(map, false).build())
            .toList();
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(SHOP)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withNewTemplate()
        .withNewMetadata()
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage(image)
        .withEnvFrom(envFrom)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Deployment restarted(Deployment deployment, String time) {
    return deployment
        .edit()
        .editSpec()
        .editTemplate()
        .editMetadata()
        .addToAnnotations(Annotations.RESTARTED_AT, time)
        .endMetadata()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static ConfigMap configMap(String name, String mode) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(SHOP)
        .withName(name)
        .endMetadata()
        .addToData("mode", mode)
        .addToBinaryData("logo", "AAEC")
        .build();
  }

  private static WorkloadLookup there(Deployment... deployments) {
    return Workloads.of(deployments);
  }

  private StableContent now(Deployment... deployments) {
    var refs = new ArrayList<WorkloadRef>();
    List.of(deployments).forEach(it -> refs.add(Workloads.workload(it).ref()));
    return revisions.now(SHOP, revisions.running(SHOP, refs, there(deployments)));
  }

  private static StableRevision named(String name) {
    return new StableRevision(name, NOON, "");
  }

  @Test
  void aStateHasTheTemplatesAndTheConfigMapsThatTheyRead() {
    api.has(configMap("mode", "ok")).has(configMap("other", "unread"));

    var content = now(deployment("web", "app:v1", "mode", "absent"));

    var web = content.of(WEB).orElseThrow();
    assertThat(web.template().at("/spec/containers/0/image").asText()).isEqualTo("app:v1");
    assertThat(web.images()).isEqualTo("app:v1");
    assertThat(web.configMaps()).containsExactly("absent", "mode");
    assertThat(content.configMaps())
        .isEqualTo(
            Map.of("mode", new ConfigMapContent(Map.of("mode", "ok"), Map.of("logo", "AAEC"))));
    assertThat(content.of(API)).isEmpty();
    assertThat(content.of(new WorkloadRef(WorkloadKind.StatefulSet, "web"))).isEmpty();
  }

  @Test
  void aConfigMapThatTwoReadIsAskedForOnce() {
    api.has(configMap("mode", "ok"));

    now(deployment("web", "app:v1", "mode"), deployment("api", "app:v1", "mode"));

    assertThat(api.asked()).hasSize(1);
  }

  @Test
  void whatDoesNotExistDoesNotRun() {
    var web = deployment("web", "app:v1");

    assertThat(revisions.running(SHOP, List.of(WEB, API), there(web))).hasSize(1);
    assertThat(revisions.running("elsewhere", List.of(WEB), there(web))).isEmpty();
  }

  /** Two hundred workloads that share three ConfigMaps: three requests. */
  @Test
  void eachConfigMapIsReadOnce() {
    // given
    api.has(configMap("mode", "ok")).has(configMap("keys", "ok")).has(configMap("other", "ok"));
    var many =
        IntStream.range(0, 200)
            .mapToObj(i -> deployment("web-" + i, "app:v1", "mode", "keys", "other"))
            .toArray(Deployment[]::new);

    // when
    var content = now(many);

    // then
    assertThat(content.workloads()).hasSize(200);
    assertThat(api.asked()).hasSize(3);
  }

  /** It is named by its content. */
  @Test
  void aKeptStateIsReadOnce() {
    // given
    api.has(
        new ControllerRevisionBuilder()
            .withNewMetadata()
            .withNamespace(SHOP)
            .withName("bs-stable-1")
            .endMetadata()
            .withRevision(1L)
            .withData(Json.MAPPER.valueToTree(now(deployment("web", "app:v1"))))
            .build());

    // when
    var first = revisions.read(SHOP, named("bs-stable-1"));
    var second = revisions.read(SHOP, named("bs-stable-1"));

    // then
    assertThat(first).isPresent().isEqualTo(second);
    assertThat(api.asked()).hasSize(1);
  }

  @Test
  void aStateThatWasDroppedIsNotRemembered() {
    // given
    api.has(
        new ControllerRevisionBuilder()
            .withNewMetadata()
            .withNamespace(SHOP)
            .withName("bs-stable-1")
            .endMetadata()
            .withRevision(1L)
            .withData(Json.MAPPER.valueToTree(now(deployment("web", "app:v1"))))
            .build());
    revisions.read(SHOP, named("bs-stable-1"));

    // when
    revisions.drop(SHOP, named("bs-stable-1"));
    revisions.read(SHOP, named("bs-stable-1"));

    // then
    assertThat(api.asked()).extracting(Asked::method).containsExactly("GET", "DELETE", "GET");
  }

  @Test
  void theHashSaysWhetherTwoStatesAreTheSame() {
    api.has(configMap("mode", "ok"));
    var plain = deployment("web", "app:v1", "mode");
    var hash = now(plain).hash();

    assertThat(now(plain).hash()).isEqualTo(hash);
    assertThat(now(restarted(plain, "2026-11-21T12:00:00Z")).hash()).isEqualTo(hash);
    assertThat(now(deployment("web", "app:v2", "mode")).hash()).isNotEqualTo(hash);
    assertThat(now(deployment("api", "app:v1", "mode")).hash()).isNotEqualTo(hash);
    api.has(configMap("mode", "broken"));
    assertThat(now(plain).hash()).isNotEqualTo(hash);
  }

  @Test
  void theSummaryNamesFiveImages() {
    var many = List.of("a", "b", "c", "d", "e", "f").stream();

    var content = now(many.map(it -> deployment(it, it + ":1")).toArray(Deployment[]::new));

    assertThat(content.summary()).isEqualTo("a: a:1, b: b:1, c: c:1, d: d:1, e: e:1");
  }

  @Test
  void theSchemaIsPartOfAStateAndTheDigestsAreNot() {
    var content = now(deployment("web", "app:v1"));
    var known = content.workloads().get(0).withDigests(Map.of("app:v1", "sha256:ab"));

    assertThat(content.withSchema("41").hash()).isNotEqualTo(content.withSchema("42").hash());
    assertThat(content.withSchema("41").hash()).isNotEqualTo(content.hash());
    assertThat(content.withWorkloads(List.of(known)).hash()).isEqualTo(content.hash());
    assertThat(content.withWorkloads(List.of(known)).digests(WEB))
        .containsExactly("app:v1@sha256:ab");
  }

  @Test
  void aKeptStateIsReadAsItWas() {
    api.has(configMap("mode", "ok"));
    var content = now(deployment("web", "app:v1", "mode"));
    var name = StableRevisions.name(OWNER, content);
    api.has(record(name, content));

    assertThat(revisions.read(SHOP, named(name))).map(StableContent::hash).hasValue(content.hash());
    assertThat(revisions.read(SHOP, named("bs-stable-gone"))).isEqualTo(Optional.empty());
  }

  private static ControllerRevision record(String name, StableContent content) {
    return new ControllerRevisionBuilder()
        .withNewMetadata()
        .withNamespace(SHOP)
        .withName(name)
        .endMetadata()
        .withRevision(1L)
        .withData(content)
        .build();
  }

  @Test
  void theSameStateIsKeptOnceForEachPlan() {
    var content = now(deployment("web", "app:v1"));
    var name = StableRevisions.name(OWNER, content);
    var kept = record(name, content);
    api.refuses("POST", kept, 409, "already exists").has(kept);

    assertThat(revisions.keep(OWNER, content, NOON))
        .isEqualTo(new StableRevision(name, NOON, "web: app:v1"));
    assertThat(name).startsWith("bs-stable-");
    assertThat(StableRevisions.name(new Records.Owner("RollbackPlan", SHOP, "other-plan"), content))
        .isNotEqualTo(name);
    assertThat(StableRevisions.name(OWNER, now(deployment("web", "app:v2")))).isNotEqualTo(name);
  }

  @Test
  void whatIsKeptSaysWhoseItIsAndThatItIsAStableState() {
    var content = now(deployment("web", "app:v1"));
    var kept = record(StableRevisions.name(OWNER, content), content);
    api.answers("POST", kept, kept);

    revisions.keep(OWNER, content, NOON);

    assertThat(api.asked().get(0).body())
        .contains("\"" + Annotations.RECORD + "\":\"stable\"")
        .contains("\"" + Annotations.RECORD_OF + "\":\"" + OWNER.hash() + "\"")
        .contains("\"" + Annotations.RECORD_OF + "\":\"RollbackPlan/web-plan\"")
        .contains("app:v1");
  }

  @Test
  void aStateThatIsRefusedIsNotKept() {
    var content = now(deployment("web", "app:v1"));
    var kept = record(StableRevisions.name(OWNER, content), content);
    api.refuses("POST", kept, 403, "exceeded quota");

    assertThatThrownBy(() -> revisions.keep(OWNER, content, NOON))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("exceeded quota");
  }

  @Test
  void aForgottenStateIsDeleted() {
    var content = now(deployment("web", "app:v1"));
    var kept = record("bs-stable-1", content);
    api.answers("DELETE", kept, kept);

    revisions.drop(SHOP, named("bs-stable-1"));

    assertThat(api.asked())
        .extracting(asked -> asked.method() + " " + asked.path())
        .containsExactly("DELETE /apis/apps/v1/namespaces/shop/controllerrevisions/bs-stable-1");
  }

  @Test
  void aStateIsTooLargeForOneObjectBeyondAMillionBytes() {
    var overhead = sized(0);

    assertThat(StableRevisions.tooLarge(sizedContent(StableRevisions.MAX_BYTES - overhead)))
        .isFalse();
    assertThat(StableRevisions.tooLarge(sizedContent(StableRevisions.MAX_BYTES - overhead + 1)))
        .isTrue();
  }

  private static int sized(int length) {
    return new ObjectMapper().valueToTree(sizedContent(length)).toString().length();
  }

  private static StableContent sizedContent(int length) {
    var data = Map.of("a", "x".repeat(length));
    return new StableContent(List.of(), Map.of("mode", new ConfigMapContent(data, null)));
  }
}
