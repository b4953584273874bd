package dev.backstep.sqlite;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * What SQLite keeps beside a file: it belongs to that file alone, and whatever else is put in the
 * file's place would be changed by it.
 */
public final class Companions {
  /** What was written since, and is not in the file yet. */
  public static final String WAL = "-wal";

  /** An index of that, for those who have the file open. */
  public static final String SHARED_MEMORY = "-shm";

  /** How the file was before a transaction that did not end. */
  public static final String JOURNAL = "-journal";

  private static final List<String> ALL = List.of(WAL, SHARED_MEMORY, JOURNAL);

  private Companions() {}

  /** Where one of them is, or would be. */
  public static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** Those that there are. */
  public static List<Path> of(Path file) {
    return ALL.stream()
        .map(suffix -> beside(file, suffix))
        .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /** The same companion of another file. */
  static Path as(Path companion, Path file, Path other) {
    var suffix =
        companion.getFileName().toString().substring(file.getFileName().toString().length());
    return beside(other, suffix);
  }
}
