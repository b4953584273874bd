package dev.backstep.dump;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** How the files of a backup are called, by what is in it. */
enum FileNames {
  /** A database. */
  DUMP(".dump"),

  /** A copy of a SQLite file. */
  COPY(".sqlite"),

  /** A SQLite file that is damaged, byte for byte: it is no backup. */
  AS_FOUND(".damaged"),

  /** What an endpoint answered. */
  EXPORT(".json");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String MANIFEST = ".manifest.json";
  private static final String DRAFT = ".partial";

  private final String ending;

  FileNames(String ending) {
    this.ending = ending;
  }

  String file(String prefix, Instant at) {
    return prefix + TIME.format(at) + ending;
  }

  static String manifest(String file) {
    return file + MANIFEST;
  }

  /** The file that a manifest is about. */
  static String ofManifest(String manifest) {
    return manifest.substring(0, manifest.length() - MANIFEST.length());
  }

  /** The name that something has until it is whole. */
  static String draft(String name) {
    return name + DRAFT;
  }

  /** True for the manifest of a backup that was made with this prefix, and no longer one. */
  boolean isManifest(String name, String prefix) {
    return is(name, prefix, Pattern.quote(ending + MANIFEST));
  }

  /** True for what is not whole of a backup with this prefix, and no longer one. */
  boolean isDraft(String name, String prefix) {
    return is(
        name,
        prefix,
        "%s(%s)?%s"
            .formatted(Pattern.quote(ending), Pattern.quote(MANIFEST), Pattern.quote(DRAFT)));
  }

  private static boolean is(String name, String prefix, String pattern) {
    return name.startsWith(prefix)
        && Pattern.matches("[0-9]{8}T[0-9]{6}Z" + pattern, name.substring(prefix.length()));
  }
}
