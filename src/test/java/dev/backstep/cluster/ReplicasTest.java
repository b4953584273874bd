package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.problem.ProblemException;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.StandingClock;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicasTest {
  private static final String LIST = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";

  private final LoopbackApi api = new LoopbackApi();
  private final StandingClock clock = new StandingClock(Instant.EPOCH);
  private final Replicas replicas = new Replicas(api.client(), clock);

  @AfterEach
  void stop() {
    api.close();
  }

  private List<String> names() throws ProblemException {
    return replicas.of("shop", "web").stream().map(Replica::name).toList();
  }

  @Test
  void areThoseOfAllSlicesByName() throws Exception {
    // given
    api.has(Slices.of("one", "web", 8080, "web-2:10.1.0.3", "!web-1:10.1.0.2"))
        .has(Slices.of("two", "web", 8081, "web-0:10.1.0.1"));

    // then
    assertThat(names()).containsExactly("web-0", "web-1", "web-2");
    assertThat(replicas.of("shop", "web"))
        .extracting(Replica::ready)
        .containsExactly(true, false, true);
    assertThat(replicas.of("shop", "web").get(0).ports()).containsEntry("web", 8081);
    assertThat(api.asked().get(0).query()).contains("kubernetes.io%2Fservice-name%3Dweb");
  }

  @Test
  void aPodOfBothFamiliesCountsOnce() throws Exception {
    // given
    var six =
        new EndpointSliceBuilder(Slices.of("six", "web", 8080, "web-0:x"))
            .withAddressType("IPv6")
            .build();
    six.getEndpoints().get(0).setAddresses(List.of("fd00::1"));
    api.has(six).has(Slices.of("four", "web", 8080, "web-0:10.1.0.1"));

    // then
    assertThat(replicas.of("shop", "web")).extracting(Replica::ip).containsExactly("10.1.0.1");
  }

  /** As it is between the pod that went and the one that comes. */
  @Test
  void aSliceThatNobodyIsInHasNone() throws Exception {
    var slice = Slices.of("one", "web", 8080);
    slice.setEndpoints(null);
    api.has(slice);

    assertThat(names()).isEmpty();
  }

  /** A gate at rest asks twice a minute. */
  @Test
  void areListedOnceAMinuteWhileNothingChanges() throws Exception {
    // given
    api.has(Slices.of("one", "web", 8080, "web-0:10.1.0.1"));

    // when
    for (var i = 0; i < 20; i++) {
      names();
      clock.pass(Duration.ofSeconds(30));
    }

    // then
    assertThat(api.asked()).hasSize(10);
  }

  @Test
  void areListedAllTheTimeWhileTheyChange() throws Exception {
    // given
    api.has(Slices.of("one", "web", 8080, "web-0:10.1.0.1"));
    names();
    api.has(Slices.of("one", "web", 8080, "web-1:10.1.0.2"));
    clock.pass(Duration.ofMinutes(1));
    names();

    // when
    api.has(Slices.of("one", "web", 8080, "web-2:10.1.0.3"));
    clock.pass(Duration.ofSeconds(5));

    // then
    assertThat(names()).containsExactly("web-2");
  }

  @Test
  void areListedAgainWhenSomebodyDidNotAnswer() throws Exception {
    // given
    api.has(Slices.of("one", "web", 8080, "web-0:10.1.0.1"));
    names();
    api.has(Slices.of("one", "web", 8080, "web-1:10.1.0.2"));

    // when
    replicas.forget("shop", "web");

    // then
    assertThat(names()).containsExactly("web-1");
  }

  @Test
  void anApiServerThatRefusesIsSaid() {
    api.refusesAt("GET", LIST, 403, "no");

    assertThatThrownBy(this::names)
        .hasMessage("The operator cannot list who is behind Service web: no");
  }
}
