package dev.backstep.testing;

import java.util.stream.Stream;

/** kubectl as the cluster's administrator. */
public final class Kubectl {
  private final Cluster cluster;

  Kubectl(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Runs kubectl; its exit code is for the caller to judge. */
  public Command.Result run(String... arguments) {
    return runWithInput("", arguments);
  }

  /** Runs kubectl with something to read, for {@code -f -}. */
  public Command.Result runWithInput(String stdin, String... arguments) {
    var kubectl = cluster.program("kubectl").toString();
    var command = Stream.concat(Stream.of(kubectl), Stream.of(arguments)).toList();
    return Command.run(command, cluster.environment(), stdin);
  }
}
