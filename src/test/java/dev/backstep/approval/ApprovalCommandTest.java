package dev.backstep.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.DbRestore;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a condition says is pasted as it stands, so it has to be what it looks like. */
class ApprovalCommandTest {
  @Test
  void whatLooksLikeANumberIsText() {
    // given
    var restore = new DbRestore();
    restore.setMetadata(
        new ObjectMetaBuilder().withNamespace("shop").withName("42").withUid("7e0").build());

    // when
    var text =
        new ApprovalCommand(
                restore, "2026", Optional.of("on"), Optional.of("1"), "8234567890123456")
            .text();

    // then
    var manifest = text.substring(text.indexOf("apiVersion"), text.lastIndexOf("END"));
    var spec = (Map<?, ?>) Serialization.unmarshal(manifest, Map.class).get("spec");
    assertThat(spec)
        .extracting("runId", "level", "item", "hash")
        .containsExactly("2026", "on", "1", "8234567890123456");
    assertThat((Map<?, ?>) spec.get("targetRef"))
        .extracting("name", "uid")
        .containsExactly("42", "7e0");
  }
}
