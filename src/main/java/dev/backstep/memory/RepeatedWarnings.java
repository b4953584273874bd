package dev.backstep.memory;

import io.quarkus.logging.LoggingFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * Leaves out of the log what was said less than a minute ago: while the API server is away, each
 * watch and each plan tries again every few seconds, and would say so each time.
 */
@LoggingFilter(name = "repeated-warnings")
public final class RepeatedWarnings implements Filter {
  private static final Duration PACE = Duration.ofMinutes(1);
  private static final int REMEMBERED = 1000;

  private final Recent<String, Instant> said = new Recent<>(REMEMBERED);

  @Override
  public synchronized boolean isLoggable(LogRecord line) {
    if (line.getLevel().intValue() < Level.WARNING.intValue()) {
      return true;
    }
    var words =
        "%s %s %s"
            .formatted(
                line.getLoggerName(), line.getMessage(), Arrays.toString(line.getParameters()));
    var now = line.getInstant();
    if (said.get(words).filter(before -> now.isBefore(before.plus(PACE))).isPresent()) {
      return false;
    }
    said.put(words, now);
    return true;
  }
}
