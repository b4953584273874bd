package dev.backstep.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class RepeatedWarningsTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final RepeatedWarnings filter = new RepeatedWarnings();

  private boolean logged(Level level, String plan, int second) {
    var line = new LogRecord(level, "%s is not carried on");
    line.setLoggerName("dev.backstep.Test");
    line.setParameters(new Object[] {plan});
    line.setInstant(NOON.plusSeconds(second));
    return filter.isLoggable(line);
  }

  @Test
  void theSameIsSaidOnceAMinute() {
    assertThat(logged(Level.WARNING, "web", 0)).isTrue();
    assertThat(logged(Level.WARNING, "web", 59)).isFalse();
    assertThat(logged(Level.WARNING, "web", 60)).isTrue();
    assertThat(logged(Level.WARNING, "web", 61)).isFalse();
  }

  @Test
  void ofEachPlan() {
    assertThat(logged(Level.SEVERE, "web", 0)).isTrue();
    assertThat(logged(Level.SEVERE, "api", 0)).isTrue();
    assertThat(logged(Level.SEVERE, "api", 1)).isFalse();
  }

  @Test
  void whatIsNoWarningIsAlwaysSaid() {
    assertThat(logged(Level.INFO, "web", 0)).isTrue();
    assertThat(logged(Level.INFO, "web", 1)).isTrue();
  }
}
