package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is in a dump, once all of it was read and understood.
 *
 * @param sha256 of its bytes; of a folder, of the lines that {@code sha256sum *} prints there
 * @param bytes its size
 * @param rows how many are in it, by table
 */
record Content(String sha256, long bytes, Map<String, Long> rows) {

  /**
   * Reads it to its end.
   *
   * @param programs with which it is read
   * @throws ProblemException when it is cut off or damaged
   */
  static Content of(InputStream dump, PgPrograms.Installed programs)
      throws IOException, ProblemException {
    var digest = digest();
    var counted = new CountedStream(new DigestInputStream(dump, digest));
    var rows = new TreeMap<String, Long>();
    reading(programs, List.of()).run(counted, script -> rows.putAll(new RowCounts().of(script)));
    return new Content(HexFormat.of().formatHex(digest.digest()), counted.count(), rows);
  }

  /** As {@link #of(InputStream, PgPrograms.Installed)}; a file or a folder. */
  static Content of(Path dump, PgPrograms.Installed programs) throws IOException, ProblemException {
    if (!Files.isDirectory(dump)) {
      try (var bytes = Files.newInputStream(dump, LinkOption.NOFOLLOW_LINKS)) {
        return of(bytes, programs);
      }
    }
    var unread = unread(dump);
    var rows = new TreeMap<String, Long>();
    reading(programs, List.of(dump.toString()))
        .into(script -> rows.putAll(new RowCounts().of(script)));
    return unread.withRows(rows);
  }

  /** Of its bytes alone: what is in a file or a folder, nobody looks at, so no rows are counted. */
  static Content unread(Path dump) throws IOException {
    if (!Files.isDirectory(dump)) {
      return new Content(digest(dump), Files.size(dump), Map.of());
    }
    var digest = digest();
    var size = 0L;
    for (var file : files(dump)) {
      digest.update(
          "%s  %s\n".formatted(digest(file), file.getFileName()).getBytes(StandardCharsets.UTF_8));
      size += Files.size(file);
    }
    return new Content(HexFormat.of().formatHex(digest.digest()), size, Map.of());
  }

  Content withRows(Map<String, Long> counted) {
    return new Content(sha256, bytes, counted);
  }

  /** In the order of their names' bytes. */
  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static PgProgram reading(PgPrograms.Installed programs, List<String> from) {
    var command = new ArrayList<>(List.of(programs.pgRestore(), "--data-only", "-f", "-"));
    command.addAll(from);
    return new PgProgram(command, Map.of(), Refusals::ofReading, line -> {});
  }

  private static String digest(Path file) throws IOException {
    var digest = digest();
    try (var bytes =
        new DigestInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), digest)) {
      bytes.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** In hexadecimal digits. */
  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  long allRows() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }
}
