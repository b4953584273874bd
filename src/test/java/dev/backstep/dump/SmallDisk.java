package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with a file system of its own, which is soon full. */
record SmallDisk(Path path) implements AutoCloseable {
  /** The test is skipped where nothing may be mounted. */
  static SmallDisk of(String size) throws IOException, InterruptedException {
    var path = Files.createTempDirectory("small-disk");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString()) == 0,
        "only root may mount a file system");
    return new SmallDisk(path);
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  @Override
  public void close() throws IOException {
    try {
      assertThat(run("umount", "--lazy", path.toString())).isZero();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Files.delete(path);
  }
}
