package dev.backstep.testing;

import java.util.stream.Stream;

/** Helm, with the tests' cluster. */
public final class Helm {
  private Helm() {}

  /** Runs it; throws when it fails. */
  public static Command.Result run(String... arguments) {
    var cluster = Cluster.get();
    var command =
        Stream.concat(Stream.of(cluster.program("helm").toString()), Stream.of(arguments)).toList();
    return Command.run(command, cluster.environment(), "").orThrow();
  }
}
