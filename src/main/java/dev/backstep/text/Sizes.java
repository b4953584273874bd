package dev.backstep.text;

import java.util.List;
import java.util.Locale;

/** Numbers of bytes, as people read them. */
public final class Sizes {
  private static final double STEP = 1000;

  private Sizes() {}

  /** Such as {@code 12.3 MB}. */
  public static String of(long bytes) {
    if (bytes < STEP) {
      return "%d bytes".formatted(bytes);
    }
    var size = bytes / STEP;
    var units = List.of("kB", "MB", "GB", "TB");
    var at = 0;
    while (size >= STEP && at < units.size() - 1) {
      size /= STEP;
      at++;
    }
    return String.format(Locale.ROOT, "%.1f %s", size, units.get(at));
  }
}
