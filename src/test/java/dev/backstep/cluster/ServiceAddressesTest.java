package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.cluster.ServiceAddresses.Place;
import dev.backstep.problem.ProblemException;
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
  private final ServiceAddresses addresses =
      new ServiceAddresses(api.client(), new Replicas(api.client(), clock), clock);

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

  private String place() throws ProblemException {
    return addresses.of("shop", "web", 80).ip();
  }

  @Test
  void isReadOnceInFifteenMinutes() throws Exception {
    // given
    api.has(service("10.0.0.1"));
    place();
    api.has(service("10.0.0.2"));

    // when
    clock.pass(Duration.ofMinutes(14));
    var kept = place();
    clock.pass(Duration.ofMinutes(1));
    var again = place();

    // then
    assertThat(kept).isEqualTo("10.0.0.1");
    assertThat(again).isEqualTo("10.0.0.2");
    assertThat(api.asked()).hasSize(2);
  }

  @Test
  void whereNobodyAnswersItIsReadAgainOnceAMinute() throws Exception {
    // given
    api.has(service("10.0.0.1"));
    place();
    api.has(service("10.0.0.2"));

    // when
    addresses.doubt("shop", "web", "");
    var trusted = place();
    clock.pass(Duration.ofMinutes(1));
    addresses.doubt("shop", "web", "");
    var again = place();

    // then
    assertThat(trusted).isEqualTo("10.0.0.1");
    assertThat(again).isEqualTo("10.0.0.2");
  }

  @Test
  void whatHasNoAddressIsLookedForEachTime() throws Exception {
    // given
    assertThatThrownBy(this::place).hasMessage("Service web does not exist");
    api.has(service(null));
    assertThatThrownBy(this::place)
        .hasMessage(
            "Service web has no address: it is a name for something else (type ExternalName)");

    // when
    api.has(service("10.0.0.1"));

    // then
    assertThat(place()).isEqualTo("10.0.0.1");
  }

  private static Service ported(String ip) {
    return new ServiceBuilder(service(ip))
        .editSpec()
        .addNewPort()
        .withName("web")
        .withPort(80)
        .endPort()
        .endSpec()
        .build();
  }

  @Test
  void aHeadlessServiceAnswersAtItsReplicasUnderTheNameOfThePort() throws Exception {
    // given
    api.has(ported("None")).has(Slices.of("web", "web", 8080, "web-0:10.1.0.1", "!web-1:10.1.0.2"));

    // when
    var place = addresses.of("shop", "web", 80);

    // then
    assertThat(place).isEqualTo(new Place("10.1.0.1", 8080));
    assertThatThrownBy(() -> addresses.of("shop", "web", 81))
        .hasMessage("Service web has no port 81 that leads to web-0; it has [80]");
  }

  @Test
  void aHeadlessServiceWithoutPortsAnswersAtThePortThatIsAskedFor() throws Exception {
    api.has(service("None")).has(Slices.of("web", "web", 8080, "web-0:10.1.0.1"));

    assertThat(addresses.of("shop", "web", 5432)).isEqualTo(new Place("10.1.0.1", 5432));
  }

  @Test
  void whereNobodyIsReadyThatIsHowTheServiceIs() {
    api.has(ported("None")).has(Slices.of("web", "web", 8080, "!web-1:10.1.0.2"));

    assertThatThrownBy(() -> addresses.of("shop", "web", 80))
        .isInstanceOf(NoReplicaException.class)
        .hasMessage("Service web has no ready replica");
  }

  @Test
  void aReplicaIsFoundByItsUidWhereverItIsNow() throws Exception {
    // given
    api.has(ported("10.0.0.1")).has(Slices.of("web", "web", 8080, "web-0:10.1.0.1"));
    var before = addresses.of("shop", "web", 80, "uid-web-0");

    // when
    api.has(Slices.of("web", "web", 8080, "web-0:10.1.0.9"));
    clock.pass(Duration.ofMinutes(1));

    // then
    assertThat(before).isEqualTo(new Place("10.1.0.1", 8080));
    assertThat(addresses.of("shop", "web", 80, "uid-web-0")).isEqualTo(new Place("10.1.0.9", 8080));
    assertThatThrownBy(() -> addresses.of("shop", "web", 80, "uid-web-1"))
        .isInstanceOf(NoReplicaException.class);
  }

  /** It was ready a moment ago: the others and their Service are as they were. */
  @Test
  void aReplicaThatDoesNotAnswerAnyMoreIsLookedForOnce() throws Exception {
    // given
    api.has(ported("10.0.0.1")).has(Slices.of("web", "web", 8080, "web-0:10.1.0.1"));
    addresses.of("shop", "web", 80, "uid-web-0");
    addresses.answered("shop", "web", "uid-web-0");
    var asked = api.asked().size();

    // when
    for (var i = 0; i < 3; i++) {
      addresses.doubt("shop", "web", "uid-web-0");
      addresses.replicas("shop", "web");
    }

    // then
    assertThat(api.asked()).hasSize(asked + 1);
  }
}
