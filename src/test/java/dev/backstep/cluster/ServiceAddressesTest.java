package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.StandingClock;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceAddressesTest {
  private final LoopbackApi api = new LoopbackApi();
  private final StandingClock clock = new StandingClock(Instant.EPOCH);
  private final ServiceAddresses addresses = new ServiceAddresses(api.client(), clock);

  @AfterEach
  void stop() {
    api.close();
  }

  private static Service service(String ip) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web")
        .endMetadata()
        .withNewSpec()
        .withClusterIP(ip)
        .endSpec()
        .build();
  }

  @Test
  void isReadOnceInFifteenMinutes() throws Exception {
    // given
    api.has(service("10.0.0.1"));
    addresses.of("shop", "web");
    api.has(service("10.0.0.2"));

    // when
    clock.pass(Duration.ofMinutes(14));
    var kept = addresses.of("shop", "web");
    clock.pass(Duration.ofMinutes(1));
    var again = addresses.of("shop", "web");

    // then
    assertThat(kept).isEqualTo("10.0.0.1");
    assertThat(again).isEqualTo("10.0.0.2");
    assertThat(api.asked()).hasSize(2);
  }

  @Test
  void whereNobodyAnswersItIsReadAgainOnceAMinute() throws Exception {
    // given
    api.has(service("10.0.0.1"));
    addresses.of("shop", "web");
    api.has(service("10.0.0.2"));

    // when
    addresses.doubt("shop", "web");
    var trusted = addresses.of("shop", "web");
    clock.pass(Duration.ofMinutes(1));
    addresses.doubt("shop", "web");
    var again = addresses.of("shop", "web");

    // then
    assertThat(trusted).isEqualTo("10.0.0.1");
    assertThat(again).isEqualTo("10.0.0.2");
  }

  @Test
  void whatHasNoAddressIsLookedForEachTime() throws Exception {
    // given
    assertThatThrownBy(() -> addresses.of("shop", "web")).hasMessage("Service web does not exist");
    api.has(service("None"));
    assertThatThrownBy(() -> addresses.of("shop", "web"))
        .hasMessage("Service web has no address of its own (headless)");

    // when
    api.has(service("10.0.0.1"));

    // then
    assertThat(addresses.of("shop", "web")).isEqualTo("10.0.0.1");
  }
}
