package dev.backstep.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

class SightingTest {
  private final Sighting sighting = new Sighting();

  @Test
  void countsFromTheFirstLookAndAnewWithEveryChange() {
    assertThat(sighting.unchanged(lease("1", "2026-01-01T00:00:00Z"), seconds(100))).isZero();
    assertThat(sighting.unchanged(lease("1", "2026-01-01T00:00:00Z"), seconds(107)))
        .isEqualTo(Duration.ofSeconds(7));

    assertThat(sighting.unchanged(lease("2", "2026-01-01T00:00:00Z"), seconds(108))).isZero();
  }

  @Test
  void whatItsHoldersClockSaysDoesNotCount() {
    assertThat(sighting.unchanged(lease("1", "1999-01-01T00:00:00Z"), seconds(100))).isZero();
    assertThat(sighting.unchanged(lease("1", "2099-01-01T00:00:00Z"), seconds(115)))
        .isEqualTo(Duration.ofSeconds(15));
  }

  private static long seconds(int seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  private static Lease lease(String version, String renewed) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withResourceVersion(version)
        .endMetadata()
        .withNewSpec()
        .withRenewTime(ZonedDateTime.parse(renewed))
        .endSpec()
        .build();
  }
}
