package dev.backstep.program;

import dev.backstep.text.Sizes;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far a program is with a file. It says so by a line of its log, where the operator finds it.
 * Anybody's words may be in a log, so nothing else of it is understood, and no word of it is shown.
 *
 * @param done so many bytes of it
 * @param all of so many; a file may have grown since it was measured
 */
public record HowFar(Doing doing, long done, long all) {
  private static final Pattern LINE =
      Pattern.compile(
          "progress: ([0-9]{1,18}) of ([0-9]{1,18}) bytes (%s)"
              .formatted(
                  Stream.of(Doing.values()).map(it -> it.past).collect(Collectors.joining("|"))));

  /** What is done with a file. */
  public enum Doing {
    COPY("copied", "%s of %s copied"),
    /** SQLite reads it, and does not say how far it is. */
    CHECK("checked", "checks %2$s"),
    STORE("stored", "%s of %s stored"),
    READ_BACK("read back", "reads back %2$s");

    private final String past;
    private final String shown;

    Doing(String past, String shown) {
      this.past = past;
      this.shown = shown;
    }

    private static Doing of(String past) {
      return Stream.of(values()).filter(it -> it.past.equals(past)).findFirst().orElseThrow();
    }
  }

  public HowFar {
    all = Math.max(done, all);
  }

  /** The line that says it in a log. */
  public String line() {
    return "progress: %d of %d bytes %s".formatted(done, all, doing.past);
  }

  /** What was said last in a log, or in a part of it; empty: nothing. */
  public static Optional<HowFar> last(String log) {
    return log.lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .map(HowFar::of)
        .reduce((earlier, later) -> later);
  }

  private static HowFar of(MatchResult line) {
    return new HowFar(
        Doing.of(line.group(3)), Long.parseLong(line.group(1)), Long.parseLong(line.group(2)));
  }

  /** As people are shown it, such as {@code 12.3 MB of 540.0 MB copied}. */
  public String shown() {
    return doing.shown.formatted(Sizes.of(done), Sizes.of(all));
  }
}
