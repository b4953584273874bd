package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.api.Json;
import dev.backstep.testing.LoopbackApi;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordsTest {
  private final LoopbackApi api = new LoopbackApi();

  @AfterEach
  void stop() {
    api.close();
  }

  private static ControllerRevision record(String content) {
    return new ControllerRevisionBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("bs-img-1")
        .endMetadata()
        .withRevision(1L)
        .withData(Map.of("content", content))
        .build();
  }

  private ControllerRevision created() {
    return Records.create(
        api.client(),
        new Records.Owner("RollbackPlan", "shop", "web"),
        "image",
        "bs-img-1",
        Map.of(),
        JsonNodeFactory.instance.objectNode().put("content", "mine"));
  }

  @Test
  void aRecordHasOurLabelsOnlyAndNoOwner() throws Exception {
    created();

    var sent = Json.MAPPER.readTree(api.asked().get(0).body());
    assertThat(sent.at("/metadata/labels").fieldNames())
        .toIterable()
        .allMatch(label -> label.startsWith("backstep.dev/"));
    assertThat(sent.at("/metadata/labels/backstep.dev~1record").asText()).isEqualTo("image");
    assertThat(sent.at("/metadata/annotations/backstep.dev~1record-of").asText())
        .isEqualTo("RollbackPlan/web");
    assertThat(sent.at("/metadata/ownerReferences").isEmpty()).isTrue();
    assertThat(sent.at("/data/content").asText()).isEqualTo("mine");
  }

  @Test
  void whoFindsARecordThereTakesItsContent() {
    api.has(record("theirs"));
    api.refusesAt("POST", "/apis/apps/v1/namespaces/shop/controllerrevisions", 409, "exists");

    assertThat(Records.data(created(), JsonNode.class).path("content").asText())
        .isEqualTo("theirs");
  }

  @Test
  void anythingElseThatTheApiServerSaysIsSaidOn() {
    api.refusesAt("POST", "/apis/apps/v1/namespaces/shop/controllerrevisions", 403, "no");

    assertThatThrownBy(this::created).isInstanceOf(KubernetesClientException.class);
  }
}
