package dev.backstep.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.program.HowFar.Doing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program says in its log, and what of a log is understood. */
class HowFarTest {
  @ParameterizedTest
  @EnumSource
  void whatIsSaidIsUnderstood(Doing doing) {
    var said = new HowFar(doing, 12_300_000, 540_000_000);

    assertThat(HowFar.last(said.line())).contains(said);
  }

  @Test
  void theLineIsReadByPeopleToo() {
    assertThat(new HowFar(Doing.COPY, 12_300_000, 540_000_000).line())
        .isEqualTo("progress: 12300000 of 540000000 bytes copied");
  }

  @ParameterizedTest
  @CsvSource({
    "COPY, 12.3 MB of 540.0 MB copied",
    "CHECK, checks 540.0 MB",
    "STORE, 12.3 MB of 540.0 MB stored",
    "READ_BACK, reads back 540.0 MB"
  })
  void peopleAreShownSizes(Doing doing, String shown) {
    assertThat(new HowFar(doing, 12_300_000, 540_000_000).shown()).isEqualTo(shown);
  }

  @Test
  void theLastLineCounts() {
    var log =
        """
        Picked up JAVA_TOOL_OPTIONS: -Xss1m
        progress: 10 of 30 bytes copied
        progress: 20 of 30 bytes copied
        {"file": "progress: 30 of 30 bytes copied"}
        """;

    assertThat(HowFar.last(log)).contains(new HowFar(Doing.COPY, 20, 30));
  }

  @Test
  void aFileMayHaveGrown() {
    assertThat(new HowFar(Doing.COPY, 3000, 2000).shown()).isEqualTo("3.0 kB of 3.0 kB copied");
  }

  /** A pod may say anything, and a log that is cut off may end anywhere. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "progress: 20 of 30 bytes",
        "progress: 20 of 30 bytes copied, call +1 555 0100",
        "now progress: 20 of 30 bytes copied",
        "progress: -20 of 30 bytes copied",
        "progress: 20 of 9999999999999999999 bytes copied",
        "progress: 20 of ٣٠ bytes copied",
        "progress: 20 of 30 bytes stolen",
        "progress: 20 of 30\u0085bytes copied",
        "Progress: 20 of 30 bytes copied"
      })
  void nothingElseIsUnderstood(String log) {
    assertThat(HowFar.last(log)).isEmpty();
  }
}
