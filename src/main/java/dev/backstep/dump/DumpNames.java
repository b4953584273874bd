package dev.backstep.dump;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** How the files of a backup are called. */
final class DumpNames {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String ENDING = ".dump";
  private static final String MANIFEST = ".manifest.json";

  private DumpNames() {}

  static String file(String prefix, Instant at) {
    return prefix + TIME.format(at) + ENDING;
  }

  static String manifest(String file) {
    return file + MANIFEST;
  }

  /** The dump that a manifest is about. */
  static String ofManifest(String manifest) {
    return manifest.substring(0, manifest.length() - MANIFEST.length());
  }

  /** True for the manifest of a backup that was made with this prefix, and no longer one. */
  static boolean isManifest(String name, String prefix) {
    var rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    return Pattern.matches(
        "[0-9]{8}T[0-9]{6}Z%s%s".formatted(Pattern.quote(ENDING), Pattern.quote(MANIFEST)), rest);
  }
}
