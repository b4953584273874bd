package dev.backstep.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the packaged operator is started, which is as its image does it: from one class path, with an
 * archive of the classes that it loads, because loading them is most of what a start costs.
 */
final class Packaged {
  private static final Path APPLICATION = Path.of("target", "quarkus-app");
  private static final Path ARCHIVE = Path.of("target", "operator.jsa");

  private Packaged() {}

  /**
   * The arguments of {@code java}; the archive is written first if there is none of this build.
   *
   * @param training starts the operator with some arguments and ends it when it is ready
   */
  static synchronized List<String> arguments(Consumer<List<String>> training) {
    var built = APPLICATION.resolve("quarkus-run.jar");
    if (!Files.exists(built)) {
      throw new IllegalStateException(built + " is missing: run mvn package");
    }
    try {
      if (!Files.exists(ARCHIVE) || isOlder(ARCHIVE, built)) {
        Files.deleteIfExists(ARCHIVE);
        training.accept(with("-XX:ArchiveClassesAtExit=" + ARCHIVE));
      }
      return with("-XX:SharedArchiveFile=" + ARCHIVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOlder(Path file, Path other) throws IOException {
    return Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(other)) < 0;
  }

  private static List<String> with(String archive) throws IOException {
    var jars = new ArrayList<Path>();
    jars.add(Path.of("quarkus", "transformed-bytecode.jar"));
    jars.add(Path.of("quarkus", "generated-bytecode.jar"));
    for (var folder : List.of("app", "lib/boot", "lib/main")) {
      try (Stream<Path> files = Files.list(APPLICATION.resolve(folder))) {
        files.sorted().map(APPLICATION::relativize).forEach(jars::add);
      }
    }
    var path =
        jars.stream()
            .map(APPLICATION::resolve)
            .map(Path::toString)
            .collect(Collectors.joining(":"));
    return List.of(
        archive,
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "-cp",
        path,
        "io.quarkus.runner.GeneratedMain");
  }
}
