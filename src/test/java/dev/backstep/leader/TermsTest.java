package dev.backstep.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TermsTest {
  @ParameterizedTest
  @ValueSource(strings = {"PT3S", "PT15S", "PT10M"})
  void whoCannotRenewStopsBeforeAnybodyElseBeginsAndHasTriedSeveralTimes(String duration) {
    var terms = new Terms(Duration.parse(duration));

    assertThat(terms.doubt()).isLessThan(terms.duration());
    assertThat(terms.renewal().multipliedBy(3)).isLessThan(terms.doubt());
    assertThat(terms.look()).isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT3S", "PT4.6S", "PT15S", "PT10M"})
  void oneRequestThatHangsIsNoReasonForDoubt(String duration) {
    var terms = new Terms(Duration.parse(duration));

    assertThat(terms.renewal().plus(terms.request()).plus(terms.look())).isLessThan(terms.doubt());
  }

  @Test
  void aLeaseThatCouldNotBeRenewedInTimeIsRefused() {
    assertThatThrownBy(() -> new Terms(Duration.ofMillis(2900)))
        .hasMessageContaining("backstep.leader.duration")
        .hasMessageContaining("such as 15s");
  }
}
