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
  private static final String DRAFT = ".partial";

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

  /** The name that something has until it is whole. */
  static String draft(String name) {
    return name + DRAFT;
  }

  /** True for the manifest of a backup that was made with this prefix, and no longer one. */
  static boolean isManifest(String name, String prefix) {
    return is(name, prefix, Pattern.quote(ENDING + MANIFEST));
  }

  /** True for what is not whole of a backup with this prefix, and no longer one. */
  static boolean isDraft(String name, String prefix) {
    return is(
        name,
        prefix,
        "%s(%s)?%s"
            .formatted(Pattern.quote(ENDING), Pattern.quote(MANIFEST), Pattern.quote(DRAFT)));
  }

  private static boolean is(String name, String prefix, String ending) {
    return name.startsWith(prefix)
        && Pattern.matches("[0-9]{8}T[0-9]{6}Z" + ending, name.substring(prefix.length()));
  }
}
