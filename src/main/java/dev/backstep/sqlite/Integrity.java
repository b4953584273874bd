package dev.backstep.sqlite;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** Whether a file is a SQLite database, whole, and not damaged as far as SQLite can tell. */
public final class Integrity {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 100;
  private static final int PAGE_SIZE_AT = 16;
  private static final int LARGEST_PAGE = 65_536;
  private static final int CHANGES_AT = 24;
  private static final int PAGES_AT = 28;
  private static final int PAGES_OF_CHANGES_AT = 92;

  private static final String TABLES =
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name";

  private Integrity() {}

  /**
   * Looks at its beginning and its size.
   *
   * @param name as people know it
   * @throws ProblemException when it is none, or cut off
   */
  public static void checkHeader(Path file, String name) throws IOException, ProblemException {
    var header = header(file);
    if (!isDatabase(header)) {
      throw corrupt(
          name,
          Files.size(file) == 0 ? "it is empty" : "it does not begin as a SQLite database does");
    }
    var bytes = ByteBuffer.wrap(header);
    var pageSize = Short.toUnsignedInt(bytes.getShort(PAGE_SIZE_AT));
    var pages = Integer.toUnsignedLong(bytes.getInt(PAGES_AT));
    var counted = bytes.getInt(CHANGES_AT) == bytes.getInt(PAGES_OF_CHANGES_AT);
    var whole = pages * (pageSize == 1 ? LARGEST_PAGE : pageSize);
    if (counted && Files.size(file) < whole) {
      throw new ProblemException(
          new Problem(
              "SourceTruncated",
              "File %s is cut off: it has %d bytes of %d. Nothing was restored of it; take another one."
                  .formatted(name, Files.size(file), whole)));
    }
  }

  private static byte[] header(Path file) throws IOException {
    try (var content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return content.readNBytes(HEADER);
    }
  }

  /** True for a file that begins as a SQLite database does. */
  static boolean isDatabase(Path file) throws IOException {
    return isDatabase(header(file));
  }

  private static boolean isDatabase(byte[] header) {
    return header.length == HEADER
        && ByteBuffer.wrap(header, 0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  /**
   * Reads all of it, as SQLite does to find damages.
   *
   * @throws ProblemException when there is one
   */
  public static void check(Path file, String name) throws ProblemException {
    try (var queries = FileQueries.ofUnused(file)) {
      var said = queries.first("PRAGMA integrity_check(1)");
      if (!"ok".equals(said)) {
        throw corrupt(
            name,
            "SQLite says: "
                + said.lines().skip(said.lines().count() > 1 ? 1 : 0).findFirst().orElse(said));
      }
    } catch (SQLException e) {
      throw corrupt(name, "SQLite says: " + e.getMessage());
    }
  }

  /** How many rows there are in a file that nobody else has open, by table. */
  public static Map<String, Long> rows(Path file) throws SQLException {
    try (var queries = FileQueries.ofUnused(file)) {
      var rows = new TreeMap<String, Long>();
      for (var table : queries.column(TABLES)) {
        rows.put(
            table,
            Long.valueOf(
                queries.first(
                    "SELECT count(*) FROM \"%s\"".formatted(table.replace("\"", "\"\"")))));
      }
      return rows;
    }
  }

  private static ProblemException corrupt(String name, String why) {
    return new ProblemException(
        new Problem(
            "SourceCorrupt",
            "File %s is damaged, or no SQLite database: %s. Nothing was restored of it; take another one."
                .formatted(name, why.replaceAll("\\.$", ""))));
  }
}
