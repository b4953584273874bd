package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Something that is stored: it writes itself into a file, or is read. */
interface Written {
  /** What reads it. */
  @FunctionalInterface
  interface Output {
    void from(InputStream output) throws IOException, ProblemException;
  }

  /**
   * Writes all of it into a file, in which it can move.
   *
   * @throws ProblemException when it failed
   */
  void into(Path file) throws IOException, ProblemException;

  /**
   * Has all of it read.
   *
   * @throws ProblemException when it failed
   */
  void into(Output output) throws IOException, ProblemException;
}
