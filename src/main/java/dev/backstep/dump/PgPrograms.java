package dev.backstep.dump;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The programs of PostgreSQL that are installed here, perhaps in several versions: a server is
 * dumped by one that is not older, and what a much newer one sends, an older server may not take.
 *
 * @param all oldest first
 */
record PgPrograms(List<Installed> all) {
  private static final Pattern VERSION =
      Pattern.compile("pg_dump \\(PostgreSQL\\) (([0-9]+)[^ \\n]*).*", Pattern.DOTALL);

  /** Folders of versions, as packages of Debian, of Red Hat and of Alpine make them. */
  private static final List<String> VERSIONS =
      List.of("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*");

  /**
   * The programs of one version.
   *
   * @param major such as 15
   * @param version such as 15.18
   */
  record Installed(Path folder, int major, String version) {
    String pgDump() {
      return folder.resolve("pg_dump").toString();
    }

    String pgRestore() {
      return folder.resolve("pg_restore").toString();
    }
  }

  /** What there is. */
  static PgPrograms here() {
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    var folders =
        Stream.concat(
            VERSIONS.stream().flatMap(PgPrograms::folders),
            Stream.of(path.split(":")).filter(it -> !it.isEmpty()).map(Path::of));
    return in(folders.toList());
  }

  /** Those in these folders. */
  static PgPrograms in(List<Path> folders) {
    return new PgPrograms(
        folders.stream()
            .flatMap(folder -> installed(folder).stream())
            .sorted(Comparator.comparingInt(Installed::major))
            .toList());
  }

  private static Stream<Path> folders(String pattern) {
    var at = pattern.indexOf('/', 1);
    var root = Path.of(pattern.substring(0, pattern.lastIndexOf('/', pattern.indexOf('*'))));
    if (at < 0 || !Files.isDirectory(root)) {
      return Stream.empty();
    }
    var matches = root.getFileSystem().getPathMatcher("glob:" + pattern);
    try (var below = Files.walk(root, 2)) {
      return below.filter(matches::matches).sorted().toList().stream();
    } catch (IOException | UncheckedIOException e) {
      return Stream.empty();
    }
  }

  private static Optional<Installed> installed(Path folder) {
    var program = folder.resolve("pg_dump");
    if (!Files.isExecutable(program) || !Files.isExecutable(folder.resolve("pg_restore"))) {
      return Optional.empty();
    }
    try {
      var process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var version = VERSION.matcher(said.strip());
      return version.matches()
          ? Optional.of(new Installed(folder, Integer.parseInt(version.group(2)), version.group(1)))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Those for a server, the oldest first.
   *
   * @param major the server's version
   * @throws ProblemException when all are older than it
   */
  List<Installed> of(int major) throws ProblemException {
    var able = all.stream().filter(it -> it.major >= major).toList();
    if (able.isEmpty()) {
      throw new ProblemException(
          new Problem(
              "ProgramsTooOld",
              "The server is PostgreSQL %d, and the operator's image has %s. Add pg_dump and pg_restore of that version to the image, as with Debian's package postgresql-client-%d."
                  .formatted(major, newest(), major)));
    }
    return able;
  }

  private String newest() {
    return all.isEmpty()
        ? "no pg_dump and pg_restore"
        : "these programs of version %s at most".formatted(all.get(all.size() - 1).version());
  }
}
