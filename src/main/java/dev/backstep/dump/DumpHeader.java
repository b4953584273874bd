package dev.backstep.dump;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a dump says of itself, as {@code pg_restore --list} shows it.
 *
 * @param database that it is of
 * @param made when; the clock of who made it, taken for UTC
 * @param server version of the server, such as 15.18
 * @param entries what is in it, one a line
 */
record DumpHeader(String database, Instant made, String server, List<String> entries) {
  private static final byte[] CUSTOM = "PGDMP".getBytes(StandardCharsets.US_ASCII);
  private static final String TABLE_OF_CONTENTS = "toc.dat";
  private static final Pattern TOO_NEW = Pattern.compile("unsupported version \\(([0-9.]+)\\)");
  private static final Pattern DATA = Pattern.compile("[0-9]+; [0-9]+ [0-9]+ TABLE DATA .*");

  /** Who may write these is the superuser that made the extension; so does nobody here. */
  private static final Pattern OF_EXTENSION =
      Pattern.compile("[0-9]+; [0-9]+ [0-9]+ COMMENT - EXTENSION .*");

  private static final Pattern EXTENSION =
      Pattern.compile("[0-9]+; [0-9]+ [0-9]+ EXTENSION - (.*?) ?");

  private static final Pattern GRANTS =
      Pattern.compile("[0-9]+; [0-9]+ [0-9]+ (?:DEFAULT )?ACL .*");

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  /**
   * Reads it, by the first of these programs that can.
   *
   * @param programs the oldest first
   * @throws ProblemException when it is no dump in custom or directory format, or made by a newer
   *     pg_dump
   */
  static Read of(Path dump, String name, List<PgPrograms.Installed> programs)
      throws IOException, ProblemException {
    checkFormat(dump, name);
    for (var installed : programs) {
      var listed = listed(dump, installed);
      if (listed.isPresent()) {
        return new Read(of(listed.get(), name), installed);
      }
    }
    throw new ProblemException(
        new Problem(
            "NewerVersion",
            "The dump %s was made by a newer pg_dump than the pg_restore of version %s here can read. Add programs of that version to the operator's image, or take a dump of an older one."
                .formatted(name, programs.get(programs.size() - 1).version())));
  }

  /** A header, and the programs that could read it. */
  record Read(DumpHeader header, PgPrograms.Installed programs) {}

  private static void checkFormat(Path dump, String name) throws IOException, ProblemException {
    if (Files.isDirectory(dump, LinkOption.NOFOLLOW_LINKS)) {
      checkFolder(dump, name);
      return;
    }
    // What is neither, such as a pipe, might never end.
    if (!Files.isRegularFile(dump, LinkOption.NOFOLLOW_LINKS)) {
      throw notADump(name);
    }
    try (var bytes = Files.newInputStream(dump, LinkOption.NOFOLLOW_LINKS)) {
      var begins = bytes.readNBytes(CUSTOM.length);
      if (begins.length == 0) {
        throw new ProblemException(
            new Problem(
                "SourceEmpty",
                "The dump %s is empty. Take another one, and see why this one was not written."
                    .formatted(name)));
      }
      if (!Arrays.equals(begins, CUSTOM)) {
        throw notADump(name);
      }
    }
  }

  /** No file in it leads elsewhere. */
  private static void checkFolder(Path dump, String name) throws IOException, ProblemException {
    if (!Files.isRegularFile(dump.resolve(TABLE_OF_CONTENTS), LinkOption.NOFOLLOW_LINKS)) {
      throw notADump(name);
    }
    try (var files = Files.list(dump)) {
      var link = files.filter(file -> !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
      var first = link.findFirst();
      if (first.isPresent()) {
        throw new ProblemException(
            new Problem(
                "PathNotAllowed",
                "%s in the dump %s is no plain file. A dump in directory format has nothing else in it; take another one."
                    .formatted(first.get().getFileName(), name)));
      }
    }
  }

  private static ProblemException notADump(String name) {
    return new ProblemException(
        new Problem(
            "NotADump",
            "%s is no dump in custom or directory format. Of a plain script nobody can tell whether its end is missing: make dumps by pg_dump -Fc."
                .formatted(name)));
  }

  /** Empty: this program is too old for it. */
  private static Optional<List<String>> listed(Path dump, PgPrograms.Installed installed)
      throws IOException, ProblemException {
    var lines = new ArrayList<String>();
    var listing =
        new PgProgram(
            List.of(installed.pgRestore(), "--list", dump.toString()),
            Map.of(),
            said ->
                TOO_NEW.matcher(said).find()
                    ? new ProblemException(new Problem("NewerVersion", said))
                    : Refusals.ofReading(said),
            line -> {});
    try {
      listing.into(
          output ->
              new String(output.readAllBytes(), StandardCharsets.UTF_8)
                  .lines()
                  .forEach(lines::add));
      return Optional.of(lines);
    } catch (ProblemException e) {
      if (e.problem().reason().equals("NewerVersion")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static DumpHeader of(List<String> lines, String name) throws ProblemException {
    var database = value(lines, "dbname: ");
    var made = value(lines, "Archive created at ").map(DumpHeader::time);
    var server = value(lines, "Dumped from database version: ");
    if (database.isEmpty() || made.isEmpty() || server.isEmpty()) {
      throw notADump(name);
    }
    var entries = lines.stream().filter(line -> !line.startsWith(";")).toList();
    return new DumpHeader(database.get(), made.get(), server.get().split(" ")[0], entries);
  }

  private static Optional<String> value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(";"))
        .map(line -> line.substring(1).strip())
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).strip())
        .findFirst();
  }

  private static Instant time(String text) {
    return LocalDateTime.parse(text.substring(0, 19), TIME).toInstant(ZoneOffset.UTC);
  }

  /** Such as 15. */
  int major() {
    return Integer.parseInt(server.split("[^0-9]")[0]);
  }

  /** How many tables have data in it. */
  int tables() {
    return (int) entries.stream().filter(line -> DATA.matcher(line).matches()).count();
  }

  /** The extensions that it makes. */
  List<String> extensions() {
    return entries.stream()
        .map(EXTENSION::matcher)
        .filter(Matcher::matches)
        .map(entry -> entry.group(1))
        .distinct()
        .toList();
  }

  /** What of it gives rights to roles, as {@code pg_restore --use-list} reads it. */
  List<String> grants() {
    return entries.stream().filter(line -> GRANTS.matcher(line).matches()).toList();
  }

  /** What of it a plain role restores, as {@code pg_restore --use-list} reads it. */
  List<String> restored() {
    return entries.stream().filter(line -> !OF_EXTENSION.matcher(line).matches()).toList();
  }
}
