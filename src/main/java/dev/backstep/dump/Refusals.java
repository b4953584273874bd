package dev.backstep.dump;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What PostgreSQL's programs fail of, in words that say what to do. */
public final class Refusals {
  private static final Pattern FULL =
      Pattern.compile("No space left on device|could not extend file|Disk quota exceeded");
  private static final Pattern CUT_OFF =
      Pattern.compile("end of file|unexpected end|could not find block ID|no data|is truncated");
  private static final Pattern LOST =
      Pattern.compile(
          "server closed the connection|terminating connection|connection to server .*failed|connection to client lost|no connection to the server|could not receive data|SSL connection has been closed|SSL SYSCALL error");
  private static final Pattern NO_ROLE = Pattern.compile("role \"?([^\"\n]+?)\"? does not exist");
  private static final Pattern NO_EXTENSION =
      Pattern.compile(
          "extension \"([^\"]+)\" is not available|could not open extension control file \"[^\"]*/([^\"/]+)\\.control\"");
  private static final Pattern MAY_NOT_EXTEND =
      Pattern.compile("permission denied to create extension \"([^\"]+)\"");
  private static final Pattern TOO_NEW =
      Pattern.compile("unrecognized configuration parameter \"transaction_timeout\"");
  private static final Pattern MAY_NOT =
      Pattern.compile(
          "permission denied|[Mm]ust be (superuser|owner|member|a superuser)|must have");

  /** What {@code pg_restore -v} and {@code pg_dump} say of what they did before. */
  private static final Pattern ERROR =
      Pattern.compile("pg_(?:dump|restore): (?:error|hint|detail): (.*)");

  private static final Pattern MORE = Pattern.compile("(?:DETAIL|HINT|CONTEXT|LINE \\d+):.*");

  /** With this it ends when a database is so damaged that it cannot be dumped. */
  public static final String DATABASE_DAMAGED = "DatabaseDamaged";

  /**
   * What a server says of pages and files that are not as it wrote them. That one could not be
   * opened or read for want of rights, memory or files says nothing about what is in it.
   */
  private static final Pattern DAMAGED =
      Pattern.compile(
          "invalid page in block|missing chunk number|unexpected chunk|compressed (?:\\S+ )?data is corrupt"
              + "|[Cc]ould not (?:open file|read from file|read blocks? \\S+ in file) \"(?:base|global|pg_)[^\"]*\"[^:\n]*: "
              + "(?:No such file or directory|Input/output error|I/O error|Structure needs cleaning|read only|read too few bytes|previous segment)");

  private Refusals() {}

  /** There is no file of this name. */
  static Problem missing(String name, Store store) {
    return new Problem(
        "SourceMissing",
        "There is no %s in %s. Correct the path, or look for what there is."
            .formatted(name, store.name()));
  }

  /** There is no space left; empty: it is not that. */
  static Optional<Problem> full(String said, String where) {
    return FULL.matcher(said).find()
        ? Optional.of(
            new Problem(
                "DiskFull",
                "%s has no space left: %s. Make space, or give it more."
                    .formatted(where, withoutPeriod(error(said)))))
        : Optional.empty();
  }

  /** A dump could not be read. */
  static ProblemException ofReading(String said) {
    var cut = CUT_OFF.matcher(said).find();
    return new ProblemException(
        new Problem(
            cut ? "SourceTruncated" : "SourceCorrupt",
            "The dump is %s: %s. Nothing was restored of it; take another one."
                .formatted(cut ? "cut off" : "damaged", withoutPeriod(error(said)))));
  }

  /** A database could not be dumped. */
  static ProblemException ofDumping(String said, String database, Store store) {
    return new ProblemException(
        full(said, store.name())
            .or(() -> ofDamage(said, database))
            .orElseGet(
                () ->
                    new Problem(
                        LOST.matcher(said).find() ? "DatabaseLost" : "DumpFailed",
                        "Database %s could not be dumped: %s. No backup was made. See that the user of the Secret may read all of it, as its owner may."
                            .formatted(database, withoutPeriod(error(said))))));
  }

  private static Optional<Problem> ofDamage(String said, String database) {
    return DAMAGED.matcher(said).find()
        ? Optional.of(
            new Problem(
                DATABASE_DAMAGED,
                "Database %s is damaged and could not be dumped: %s. No backup was made."
                    .formatted(database, withoutPeriod(error(said)))))
        : Optional.empty();
  }

  /**
   * A dump could not be restored.
   *
   * @param side the database that is of no use now
   */
  static ProblemException ofRestoring(String said, String side) {
    var error = withoutPeriod(error(said));
    return new ProblemException(
        full(said, "The server's disk")
            .or(() -> ofPrograms(said, error))
            .or(() -> ofRoles(said, error))
            .or(() -> ofExtensions(said, error))
            .or(() -> ofRights(said, error))
            .orElseGet(
                () ->
                    LOST.matcher(said).find()
                        ? new Problem(
                            "LoadLost",
                            "The server ended the sessions that restored into %s: %s. See in its log why, such as a disk that is full, and begin again. The live database was not touched."
                                .formatted(side, error))
                        : new Problem(
                            "RestoreFailed",
                            "The dump could not be restored into %s: %s. The live database was not touched."
                                .formatted(side, error))));
  }

  private static Optional<Problem> ofPrograms(String said, String error) {
    return TOO_NEW.matcher(said).find()
        ? Optional.of(
            new Problem(
                "ProgramsTooNew",
                "The pg_restore of the operator's image sends what this server does not know yet: %s. Add the programs of the server's version to the image."
                    .formatted(error)))
        : Optional.empty();
  }

  private static Optional<Problem> ofRoles(String said, String error) {
    var role = NO_ROLE.matcher(said);
    return role.find()
        ? Optional.of(
            new Problem(
                "RoleMissing",
                "The dump grants something to role %s, which the server does not have: %s. Create it: CREATE ROLE \"%s\";"
                    .formatted(role.group(1), error, role.group(1))))
        : Optional.empty();
  }

  private static Optional<Problem> ofExtensions(String said, String error) {
    var absent = NO_EXTENSION.matcher(said);
    if (absent.find()) {
      var name = Optional.ofNullable(absent.group(1)).orElse(absent.group(2));
      return Optional.of(
          new Problem(
              "ExtensionMissing",
              "The dump needs extension %s, which the server does not have: %s. Install its package there."
                  .formatted(name, error)));
    }
    var forbidden = MAY_NOT_EXTEND.matcher(said);
    return forbidden.find()
        ? Optional.of(
            new Problem(
                "ExtensionForbidden",
                "Only a superuser may create extension %s, which the dump needs: %s. Let one create it in template1, from which the new database is made: CREATE EXTENSION \"%s\";"
                    .formatted(forbidden.group(1), error, forbidden.group(1))))
        : Optional.empty();
  }

  private static Optional<Problem> ofRights(String said, String error) {
    return MAY_NOT.matcher(said).find()
        ? Optional.of(
            new Problem(
                "HostileDump",
                "The dump wants what a plain role may not do: %s. It is restored as one on purpose, because a dump runs its author's code. Take what needs a superuser out of the database that is dumped, or restore it by hand once you have looked at it."
                    .formatted(error)))
        : Optional.empty();
  }

  private static String withoutPeriod(String text) {
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  /** The errors among the lines that a program said, in one line. */
  private static String error(String said) {
    var errors = said.lines().map(String::strip).map(Refusals::shown).flatMap(Optional::stream);
    var text = errors.distinct().limit(4).collect(Collectors.joining(" "));
    return text.isEmpty() ? last(said.lines().toList()) : text;
  }

  private static Optional<String> shown(String line) {
    var error = ERROR.matcher(line);
    if (error.matches()) {
      return Optional.of(error.group(1).replace("could not execute query: ERROR:  ", ""));
    }
    return MORE.matcher(line).matches() ? Optional.of(line) : Optional.empty();
  }

  private static String last(List<String> lines) {
    return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
  }
}
