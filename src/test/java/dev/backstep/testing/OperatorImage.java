package dev.backstep.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;

/** The packaged operator as a container image, in the project's own cluster. */
public final class OperatorImage {
  /** Its name. */
  public static final String NAME = "backstep.dev/operator:dev";

  private OperatorImage() {}

  /** Brings it into the cluster; a test is skipped where that is another one. */
  public static void make() {
    assumeTrue(
        Cluster.get().auditLog().isPresent(),
        "skipped: dev/image serves the project's own cluster only");
    Made.RESULT.orThrow();
  }

  /** Once for all tests of a process. */
  private static final class Made {
    static final Command.Result RESULT = Command.run(List.of("dev/image"), Map.of(), "");
  }
}
