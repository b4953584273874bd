package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

/** What a watch keeps of the objects that it saw. */
class PackedStoreTest {
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private final PackedStore<Deployment> store =
      new PackedStore<>(
          Deployment.class, new KubernetesSerialization(), object -> object.setSpec(null));

  private static Deployment web(String version) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web")
        .withUid("uid-1")
        .withResourceVersion(version)
        .withGeneration(3L)
        .addToAnnotations(LAST_APPLIED, "{}")
        .withManagedFields(new ManagedFieldsEntryBuilder().withManager("kubectl").build())
        .endMetadata()
        .withNewSpec()
        .withReplicas(2)
        .withNewTemplate()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage("app:v1")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .withNewStatus()
        .withReadyReplicas(2)
        .endStatus()
        .build();
  }

  private static Deployment trimmed(String version) {
    return web(version).edit().editMetadata().withManagedFields().endMetadata().build();
  }

  /** An annotation that is missing in the cache would be missing in a patch made from it. */
  @Test
  void anObjectIsWholeButForWhoManagesItsFields() {
    store.put(store.getKey(web("1")), web("1"));

    assertThat(store.getKey(web("1"))).isEqualTo("shop/web");
    assertThat(store.get("shop/web")).isEqualTo(trimmed("1"));
    assertThat(store.keySet()).containsExactly("shop/web");
  }

  @Test
  void whatWasAskedForIsAnObjectFromThenOn() {
    // given
    store.put("shop/web", web("1"));
    assertThat(store.values().findFirst()).isNotSameAs(store.values().findFirst());

    // when
    var first = store.get("shop/web");

    // then
    assertThat(store.get("shop/web")).isSameAs(first);
    var next = web("2");
    store.put("shop/web", next);
    assertThat(store.get("shop/web")).isSameAs(next);
  }

  /** A watch asks for everything that it listed where the store is said to be complete. */
  @Test
  void aWatchThatBeginsAsksForNothing() {
    assertThat(store.isFullState()).isFalse();
  }

  /** Ten thousand objects that nobody asked for must not be there at once. */
  @Test
  void allTogetherArePackedOnesWithTheirMetadataOnly() {
    // given
    store.put("shop/web", web("1"));

    // when
    var packed = store.values().findFirst().orElseThrow();
    store.get("shop/web");
    var asked = store.values().findFirst().orElseThrow();

    // then
    assertThat(packed.getMetadata()).isEqualTo(trimmed("1").getMetadata());
    assertThat(packed.getSpec()).isNull();
    assertThat(asked).isEqualTo(trimmed("1"));
  }

  @Test
  void whatWasThereBeforeIsTold() {
    assertThat(store.put("shop/web", web("1"))).isNull();
    assertThat(store.put("shop/web", web("2"))).isEqualTo(trimmed("1"));
    assertThat(store.remove("shop/web")).isEqualTo(trimmed("2"));
    assertThat(store.remove("shop/web")).isNull();
    assertThat(store.get("shop/web")).isNull();
    assertThat(store.size()).isZero();
  }
}
