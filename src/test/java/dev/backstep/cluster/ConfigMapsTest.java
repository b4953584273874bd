package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What was read of ConfigMaps is believed for a moment, and never after this process changed it.
 */
class ConfigMapsTest {
  private static final String SETTINGS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {mode: %s}
      """;

  private final MemoryCluster cluster = new MemoryCluster();
  private final ConfigMaps configMaps = new ConfigMaps(cluster.client(), cluster.clock());

  private void given(String mode) {
    cluster.given(SETTINGS.formatted(mode));
  }

  private Optional<Map<String, String>> found() {
    return configMaps.find(MemoryCluster.NAMESPACE, "settings").map(ConfigMap::getData);
  }

  @Test
  void whatWasReadAMomentAgoIsNotAskedForAgain() {
    // given
    given("good");
    found();
    cluster.requests();

    // when
    var again = found();

    // then
    assertThat(again).contains(Map.of("mode", "good"));
    assertThat(cluster.requests()).isEmpty();
  }

  @Test
  void afterAMomentItIsReadAgain() {
    // given
    given("good");
    found();
    given("bad");

    // when
    cluster.pass(Duration.ofSeconds(2));

    // then
    assertThat(found()).contains(Map.of("mode", "bad"));
  }

  @Test
  void whatThisProcessChangedIsReadAgainAtOnce() {
    // given
    given("good");
    found();
    given("bad");

    // when
    configMaps.changed();

    // then
    assertThat(found()).contains(Map.of("mode", "bad"));
  }

  @Test
  void whatIsReadIsNotBelieved() {
    // given
    given("good");
    found();
    given("bad");

    // when
    var read = configMaps.read(MemoryCluster.NAMESPACE, "settings");

    // then
    assertThat(read.map(ConfigMap::getData)).contains(Map.of("mode", "bad"));
    assertThat(found()).contains(Map.of("mode", "bad"));
  }

  /** Somebody creates it, because the plan said that it was not there. */
  @Test
  void oneThatIsNotThereIsLookedForAgain() {
    // given
    assertThat(found()).isEmpty();

    // when
    given("good");

    // then
    assertThat(found()).contains(Map.of("mode", "good"));
  }
}
