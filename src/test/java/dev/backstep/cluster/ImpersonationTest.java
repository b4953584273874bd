package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.testing.LoopbackApi;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImpersonationTest {
  private final LoopbackApi api = new LoopbackApi();
  private final Impersonation impersonation = new Impersonation(api.client());

  @AfterEach
  void stop() {
    api.close();
  }

  private static ConfigMap settings() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("settings")
        .endMetadata()
        .build();
  }

  @Test
  void requestsAreThoseOfTheServiceAccount() {
    api.has(settings());

    impersonation.as("shop", "runner").resource(settings()).get();

    assertThat(api.asked())
        .extracting(LoopbackApi.Asked::user)
        .containsExactly("system:serviceaccount:shop:runner");
  }

  @Test
  void whatFailedIsNotSentAgainByTheClientItself() {
    api.refuses("GET", settings(), 503, "down").has(settings());

    assertThatThrownBy(() -> impersonation.as("shop", "runner").resource(settings()).get())
        .isInstanceOf(KubernetesClientException.class);
    assertThat(api.asked()).hasSize(1);
  }

  @Test
  void thereIsOneClientForEachServiceAccount() {
    var runner = impersonation.as("shop", "runner");

    assertThat(impersonation.as("shop", "runner")).isSameAs(runner);
    assertThat(impersonation.as("other", "runner")).isNotSameAs(runner);
    assertThat(impersonation.as("shop", "other")).isNotSameAs(runner);
  }
}
