package dev.backstep.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeenValuesTest {
  @Test
  void valuesAreShownFewShortAndNeverWhereTheyLookSecret() {
    var seen = Map.<String, Object>of("body.access_token", "abc");
    assertThat(SeenValues.of(seen)).isEqualTo(" (body.access_token was [redacted])");
    assertThat(SeenValues.of(Map.of("status", 200L))).isEmpty();
    assertThat(SeenValues.of(Map.of("body", "x".repeat(65))))
        .isEqualTo(" (body was a text of 65 characters)");
    assertThat(SeenValues.of(Map.of("body.l", List.of(1, 2))))
        .isEqualTo(" (body.l was a list of 2)");
    assertThat(SeenValues.of(Map.of("body.o", Map.of()))).contains("an object with 0 members");
    assertThat(SeenValues.of(Map.of("a", 1L, "b", 2L, "c", 3L, "d", 4L, "e", 5L)))
        .endsWith(" and 1 more)");
  }
}
